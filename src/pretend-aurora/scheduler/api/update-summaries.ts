import { jobKeyText } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { jobUpdateQuery, jobUpdateSummary } from '../../../thrift/structs.ts';
import { completeKey, type Store } from '../storage/store.ts';

type Summary = Struct<typeof jobUpdateSummary>;

/** All conditions at once, an empty set is none; what was changed last comes first (MemJobUpdateStore). */
export function findUpdates(store: Store, query: Struct<typeof jobUpdateQuery>): Summary[] {
  const { role, jobKey, key, user, updateStatuses = [], offset = 0, limit } = query;
  const jobOf = (one: Summary) => completeKey(one.key?.job);
  const isSame = (a: Summary['key'], b: Summary['key']): boolean =>
    a?.id === b?.id && jobKeyText(completeKey(a?.job)) === jobKeyText(completeKey(b?.job));
  const found = [...store.jobUpdates.values()]
    .flatMap(({ details }) => details?.update?.summary ?? [])
    .filter(
      (one) =>
        (role === undefined || jobOf(one).role === role) &&
        (jobKey === undefined || jobKeyText(jobOf(one)) === jobKeyText(completeKey(jobKey))) &&
        (key === undefined || isSame(one.key, key)) &&
        (user === undefined || one.user === user) &&
        (updateStatuses.length === 0 || updateStatuses.includes(one.state?.status ?? -1)),
    )
    .sort((a, b) => (b.state?.lastModifiedTimestampMs ?? 0) - (a.state?.lastModifiedTimestampMs ?? 0));
  return found.slice(offset, limit === undefined ? undefined : offset + limit);
}

/**
 * What was seen of backups, on SQL: a row for each content in each cluster. Hosts say what stands here, so nothing is taken as it
 * comes. No row has a MAC: nothing is restored, allowed or refused by them, and what is there now is asked of the hosts.
 */
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { FleetHistory, SeenBackup } from '../aurora/fleet.ts';
import { oneAtATime } from './engines.ts';
import { readRow, rows, type Schema } from './schema.ts';

/** Of one look: nine hosts with two days of backups every minute have fewer contents. */
const lookMax = 20_000;
/** Of one cluster: every quarter of an hour for 400 days. */
const clusterMax = 40_000;
const copiesMax = 64;
const textMax = 300;
/** SQLite takes 32,766 values in a statement, PostgreSQL 65,535. */
const rowsAtOnce = 500;

const copiesSchema = z.array(z.object({ host: z.string(), name: z.string() }));

export function seenBackupsOn(
  db: Kysely<Schema>,
  { keepMs, rowsMax = clusterMax }: { keepMs: number; rowsMax?: number },
): FleetHistory {
  return {
    noteSeen: async (cluster, { atMs, backups }) => {
      const seen = new Map(backups.filter(isSha256).map((one) => [one.sha256, one]));
      const values = [...seen.values()].slice(0, lookMax).map((one) => toRow(cluster, one, atMs));
      await db.transaction().execute(async (tx) => {
        await oneAtATime(tx, `seen backups of ${cluster}`);
        for (let from = 0; from < values.length; from += rowsAtOnce) {
          await tx
            .insertInto('seen_backups')
            .values(values.slice(from, from + rowsAtOnce))
            .onConflict((conflict) =>
              conflict.columns(['cluster', 'sha256']).doUpdateSet({
                copies: sql`excluded.copies`,
                // A better decoder may see more in the same bytes.
                verdict: sql`excluded.verdict`,
                content_at: sql`excluded.content_at`,
                tasks: sql`excluded.tasks`,
                jobs: sql`excluded.jobs`,
                framework_id: sql`excluded.framework_id`,
                // A clock that was set back makes nothing unseen.
                last_seen_at: extreme('last_seen_at', '>'),
                first_seen_at: extreme('first_seen_at', '<'),
              }),
            )
            .execute();
        }
        await tx
          .deleteFrom('seen_backups')
          .where('cluster', '=', cluster)
          .where('last_seen_at', '<', Math.trunc(atMs) - keepMs)
          .execute();
        await tx
          .deleteFrom('seen_backups')
          .where('cluster', '=', cluster)
          .where('sha256', 'in', (query) =>
            query
              .selectFrom('seen_backups')
              .select('sha256')
              .where('cluster', '=', cluster)
              .orderBy('last_seen_at', 'desc')
              // The engines do not agree on where no time belongs.
              .orderBy(sql`coalesce(content_at, 0)`, 'desc')
              .limit(lookMax + clusterMax)
              .offset(rowsMax),
          )
          .execute();
      });
    },
    listSeen: async (cluster, { fromMs, toMs }) => {
      const seen: SeenBackup[] = [];
      for (let after = ''; ; ) {
        const page = await db
          .selectFrom('seen_backups')
          .selectAll()
          .where('cluster', '=', cluster)
          .where('sha256', '>', after)
          .where('last_seen_at', '>=', fromMs)
          .where('first_seen_at', '<=', toMs)
          .orderBy('sha256')
          .limit(rowsAtOnce)
          .execute();
        seen.push(...page.map((row) => toSeen(readRow('seen_backups', rows.seen_backups, row))));
        const last = page.at(-1);
        if (last === undefined || page.length < rowsAtOnce) break;
        after = last.sha256;
        // A quarter of a year takes a tenth of a second, and others wait for the loop.
        await setImmediate();
      }
      return seen.sort(byContent);
    },
  };
}

/** The one of the two that compares so with the other one. */
function extreme(column: 'first_seen_at' | 'last_seen_at', than: '<' | '>') {
  const [kept, seen] = [sql.ref(`seen_backups.${column}`), sql.ref(`excluded.${column}`)];
  return sql<number>`CASE WHEN ${kept} ${sql.raw(than)} ${seen} THEN ${kept} ELSE ${seen} END`;
}

/** The newest first, those without a time last. */
function byContent(a: SeenBackup, b: SeenBackup): number {
  const time = ({ contentAtMs }: SeenBackup): number => contentAtMs ?? Number.NEGATIVE_INFINITY;
  if (time(a) !== time(b)) return time(b) - time(a);
  return a.sha256 < b.sha256 ? -1 : 1;
}

type Noted = Omit<SeenBackup, 'firstSeenMs' | 'lastSeenMs'>;

function isSha256({ sha256 }: Noted): boolean {
  return /^[0-9a-f]{64}$/.test(sha256);
}

function toRow(cluster: string, seen: Noted, atMs: number): Schema['seen_backups'] {
  const { sha256, contentAtMs, bytes, tasks, jobs, verdict, frameworkId, copies } = seen;
  const at = Math.trunc(atMs);
  return {
    cluster,
    sha256,
    content_at: contentAtMs === null ? null : whole(contentAtMs),
    bytes: whole(bytes) ?? 0,
    tasks: whole(tasks) ?? 0,
    jobs: whole(jobs) ?? 0,
    verdict,
    framework_id: frameworkId?.replaceAll('\0', '').slice(0, textMax) ?? null,
    copies: JSON.stringify(
      copies
        .slice(0, copiesMax)
        .map(({ host, name }) => ({ host: host.slice(0, textMax), name: name.slice(0, textMax) })),
    ),
    first_seen_at: at,
    last_seen_at: at,
  };
}

/** Any number may stand in a file, or come from an agent. */
function whole(number: number): number | null {
  const cut = Math.trunc(number);
  return Number.isSafeInteger(cut) ? cut : null;
}

function toSeen(row: Schema['seen_backups']): SeenBackup {
  return {
    sha256: row.sha256,
    contentAtMs: row.content_at,
    bytes: row.bytes,
    tasks: row.tasks,
    jobs: row.jobs,
    verdict: row.verdict,
    frameworkId: row.framework_id,
    copies: readCopies(row.copies),
    firstSeenMs: row.first_seen_at,
    lastSeenMs: row.last_seen_at,
  };
}

/** Somebody else's words in it cost the places, and not the whole history. */
function readCopies(text: string): SeenBackup['copies'] {
  try {
    return copiesSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

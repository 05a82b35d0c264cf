import { readFileSync } from 'node:fs';
import { z } from 'zod';

const nodes = z.union([z.literal('NoNodeError').transform(() => null), z.record(z.string(), z.string())]);
const moment = z.object({
  what: z.string(),
  zookeeper: z
    .object({ '/aurora/east/scheduler': nodes, '/aurora/east/replicated-log': nodes })
    .transform((paths) => ({
      scheduler: paths['/aurora/east/scheduler'],
      replicatedLog: paths['/aurora/east/replicated-log'],
    })),
});

/** What ZooKeeper held at one moment of the recorded restore; `null` for a path that was not there. */
type RecordedMoment = z.infer<typeof moment>;

/** Every moment of the recorded staged restore at which ZooKeeper was read. */
export function readRecordedMoments(): readonly RecordedMoment[] {
  const file = new URL('../fixtures/restore-staged/timeline.json', import.meta.url);
  const entries = z.array(z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
  return entries.flatMap((entry) => {
    const parsed = moment.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The recorded moment of this name. */
export function recordedMoment(what: string): RecordedMoment {
  const found = readRecordedMoments().find((each) => each.what === what);
  if (found === undefined) throw new Error(`no recorded moment is called "${what}"`);
  return found;
}

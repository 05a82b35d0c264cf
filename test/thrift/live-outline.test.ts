import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectOutline } from '../../src/aurora/outline.ts';
import { countOf, diffOutlines, isSame } from '../../src/backups/diff.ts';
import { readOutline } from '../../src/backups/read-outline.ts';
import { readLiveOutline } from '../../src/thrift/live-outline.ts';
import { clientOf, serve } from './harness.ts';
import { recordedExchanges, releaseExchanges } from './recorded-exchanges.ts';

type Recorded = ReturnType<typeof releaseExchanges>[number];

/** A scheduler that answers each question as a real one was recorded to, right before it wrote the backup. */
async function recordedScheduler(exchanges: readonly Recorded[]) {
  return await serve(({ body }, response) => {
    const [, method, , seqid, args] = JSON.parse(body.toString()) as [number, string, number, number, object];
    const recorded = exchanges.find(({ name }) => name === `${method}-json`);
    const text = (base64: string | null | undefined) => Buffer.from(base64 ?? '', 'base64').toString();
    // Quotas were asked for one role; no other one has any.
    const isAsked =
      method !== 'getQuota' || text(recorded?.request.bodyBase64).includes(JSON.stringify(args));
    const answer = isAsked ? text(recorded?.response?.bodyBase64) : '';
    response.setHeader('content-type', 'application/vnd.apache.thrift.json');
    response.end((answer || okAnd(method)).replace(/^(\[1,"\w+",2,)\d+/, `$1${seqid}`));
  });
}

/** OK, and nothing else. */
const okAnd = (method: string) => `[1,"${method}",2,0,{"0":{"rec":{"1":{"i32":1}}}}]`;

function outlineOf(path: string) {
  const bytes = readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
  return collectOutline(readOutline([bytes], path));
}

test('what a real leader tells of its jobs, cron jobs and quotas equals the backup that it wrote a moment later', async () => {
  const backup = await outlineOf('backups/real/scheduler-backup-2026-11-23-16-20');
  const server = await recordedScheduler(recordedExchanges('leader'));

  const live = await readLiveOutline(clientOf(server), { roles: [], now: 7 });

  const diff = diffOutlines(backup, live);
  expect({ diff, same: isSame(diff) }).toMatchObject({ same: true });
  expect([backup.jobs.size, backup.cron.size, backup.quotas?.size]).toEqual([4, 1, 1]);
  expect([live.jobs.size, live.cron.size, live.quotas?.size]).toEqual([5, 1, 1]);
});

test.each([
  ['0.9.0', 6],
  ['0.17.0', 5],
  ['0.20.0', 5],
] as const)(
  'the same of jobs, cron jobs and updates with a leader of release %s',
  async (release, jobsThen) => {
    const directory = new URL(`../fixtures/releases/${release}/backups`, import.meta.url);
    const backup = await outlineOf(`releases/${release}/backups/${readdirSync(directory)[0] ?? ''}`);
    const server = await recordedScheduler(releaseExchanges(release, 'rpc'));

    const { jobs, cron, updates } = diffOutlines(
      backup,
      await readLiveOutline(clientOf(server), { roles: [], now: 7 }),
    );

    expect([jobs, cron, updates].map((changes) => changes && countOf(changes))).toEqual([0, 0, 0]);
    expect([backup.jobs.size, backup.cron.size, backup.updates?.size]).toEqual([jobsThen, 1, 1]);
  },
);

test('a release that knows no updates tells none, and a cluster of more roles than are asked for no quotas', async () => {
  const server = await serve(({ body }, response) => {
    const [, method, , seqid] = JSON.parse(body.toString()) as [number, string, number, number];
    const unknown = `[1,"${method}",3,${seqid},{"1":{"str":"Invalid method name"},"2":{"i32":1}}]`;
    response.setHeader('content-type', 'application/vnd.apache.thrift.json');
    response.end(
      method === 'getJobUpdateSummaries' ? unknown : okAnd(method).replace(/,2,0,/, `,2,${seqid},`),
    );
  });
  const roles = Array.from({ length: 201 }, (_, index) => `role-${index}`);

  const live = await readLiveOutline(clientOf(server), { roles, now: 7 });

  expect([live.quotas, live.updates]).toEqual([null, null]);
  expect(server.seen).toHaveLength(2);
});

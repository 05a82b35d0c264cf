import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import { type ClusterOutline, collectOutline, type EntryOf } from '../../src/aurora/outline.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { depsOver, readAloud, type } from './support.ts';

describe('/aurora backups show', () => {
  it('says everything about one backup', async () => {
    const proofs = {
      listProofs: (_cluster: string, sha256: string) =>
        Promise.resolve([
          {
            sha256,
            atMs: Date.parse('2026-11-23T02:44:00Z'),
            tookMs: 6_000,
            auroraVersion: '0.22.0',
            way: 'staged' as const,
            verdict: 'proven' as const,
            says: '',
            tasks: 9,
          },
        ]),
    };
    const deps = depsOver(await eastAccess(), { proofs });

    await expect(readAloud(await type(deps, 'backups show newest east'))).toMatchFileSnapshot(
      'golden/backups-show.txt',
    );
  });

  it('of a broken one says why, and offers no restore', async () => {
    const [told] = await type(depsOver(await eastAccess()), 'backups show 2026-11-23-15-30');

    const text = JSON.stringify(told);
    expect(text).toContain('is broken*');
    expect(text).toContain('gzip');
    expect(text).not.toContain('"actions"');
  });

  it.each(['14 min', '16:30', '2026-11-23 16:30', 'scheduler-backup-2026-11-23-16-30', 'best', '15m old'])(
    'finds it by %s',
    async (name) => {
      const told = await type(depsOver(await eastAccess()), `backups show ${name}`);

      expect(readAloud(told)).toMatch(/^\*The backup of 2026-11-23 16:3\d UTC of `east` is ok\*/);
    },
  );

  it.each([
    ['', /^Which backup of `east`\? `[0-9a-f]{8}` \(13 min old\), .* \(no time in it\)\. Name it by/],
    ['yesterday', /^No backup of `east` is called `yesterday`\. There are .* Name it by its time/],
    ['3 parsecs', /^No backup/],
    ['99:99', /^No backup/],
    ['`<!channel>`', /^No backup of `east` is called `ˋ<!channel>ˋ`/],
  ])('asks back for %j', async (name, answer) => {
    expect(await type(depsOver(await eastAccess()), `backups show ${name}`)).toMatch(answer);
  });

  it('says that an agent is too old to tell jobs, and everything else', async () => {
    const access = await eastAccess();
    const agents = access.agents.map((agent) => ({
      ...agent,
      readBackupOutline: () => {
        throw new AuroraError({
          code: 'agent-too-old',
          message: 'The agent is too old.',
          hint: 'Upgrade it.',
        });
      },
    }));

    const told = readAloud(await type(depsOver({ ...access, agents }), 'backups show newest'));

    expect(told).toContain('Its jobs are not known now: The agent is too old. Upgrade it.');
    expect(told).toContain('*If restored now:*');
  });
});

const recorded = 'scheduler-backup-2026-11-23-16-30';

/** Somebody was busy: what a leader would tell then. */
function afterAnHour(outline: ClusterOutline): ClusterOutline {
  const jobs = new Map(outline.jobs);
  const job = (key: string, active: number, fingerprint: string): EntryOf<'job'> => ({
    of: 'job',
    key,
    active,
    ended: 0,
    configs: { [fingerprint]: 0 },
  });
  const [web = ''] = Object.keys(jobs.get('www/prod/web')?.configs ?? {});
  jobs.delete('www/devel/scratch');
  jobs.set('new/prod/late', job('new/prod/late', 2, 'other'));
  jobs.set('www/prod/web', job('www/prod/web', 5, web));
  jobs.set('ads/prod/bidder', job('ads/prod/bidder', 3, 'other'));
  const quota: EntryOf<'quota'> = { of: 'quota', role: 'www', cpus: 12, ramMb: 24_576, diskMb: 102_400 };
  const update: EntryOf<'update'> = { of: 'update', key: 'ads/prod/bidder 7f3a', status: 'ROLLED_FORWARD' };
  return {
    ...outline,
    frameworkId: null,
    jobs,
    cron: new Map(),
    quotas: new Map([['www', quota]]),
    updates: new Map([[update.key, update]]),
  };
}

describe('/aurora backups diff', () => {
  it('compares one backup with what the leader has now', async () => {
    const access = await eastAccess();
    const agents = access.agents.map((agent) => ({
      ...agent,
      readLiveOutline: async () => afterAnHour(await collectOutline(agent.readBackupOutline(recorded))),
    }));

    const told = await type(depsOver({ ...access, agents }), 'backups diff 14 min');

    await expect(readAloud(told)).toMatchFileSnapshot('golden/backups-diff.txt');
  });

  it.each(['16:30 16:25', '16:30 to 16:25', '16:30..16:25', '14 min 19 min', '14 min and 16:25 east'])(
    'compares two backups named as %s',
    async (names) => {
      const access = await eastAccess();
      const [first, second, third] = access.agents;
      const more =
        second === undefined
          ? []
          : [
              {
                ...second,
                listBackups: async () => {
                  const { inspectBackup } = second;
                  const name = 'scheduler-backup-2026-11-23-16-25';
                  const report = await inspectBackup(name);
                  return [...(await second.listBackups()), { name, bytes: report.bytes, mtimeMs: 0, report }];
                },
              },
            ];
      const agents = [first, ...more, third].filter((agent) => agent !== undefined);

      const told = readAloud(await type(depsOver({ ...access, agents }), `backups diff ${names}`));

      expect(told).toMatch(
        /^\*From the backup of 2026-11-23 16:3\d UTC to the backup of 2026-11-23 16:2\d UTC, \d min earlier: /,
      );
    },
  );

  it('says that nothing is different', async () => {
    const told = readAloud(await type(depsOver(await eastAccess()), 'backups diff best newest'));

    expect(told).toMatch(/^\*Nothing has changed from the backup/);
  });

  it('says that nobody leads', async () => {
    const leader = {
      findLeader: () => Promise.resolve({ kind: 'none' as const, candidates: [] }),
      listLogReplicas: () => Promise.resolve([]),
      watch: () => () => undefined,
      close: () => Promise.resolve(),
    };
    const access = await eastAccess({ leader });

    expect(await type(depsOver(access), 'backups diff newest now')).toMatch(
      /^Nobody is known to lead `east` now/,
    );
  });
});

describe('/aurora backups', () => {
  it.each([
    ['backups shwo newest', 'backups shwo', 'backups show'],
    ['backups dif 14m now', 'backups dif', 'backups diff'],
  ])('takes %s for a slip', async (text, word, meant) => {
    const told = readAloud(await type(depsOver(await eastAccess()), text));

    expect(told).toContain(`*There is no \`/aurora ${word}\`.* Did you mean \`/aurora ${meant}\`?`);
  });
});

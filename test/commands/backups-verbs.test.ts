import { describe, expect, it } from 'vitest';
import type { CommandDeps } from '../../commands/deps.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { type ClusterOutline, collectOutline, type EntryOf } from '../../src/aurora/outline.ts';
import { checkView } from '../../src/local-slack/block-kit-rules.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { approve, depsOver, press, readAloud, readForm, type, valueIn } from './support.ts';

/** Its backups were given to a real scheduler, and one of them is kept for somebody. */
function triedAndHeld(
  agent: HostAgent,
  by = 'Ana',
): Pick<HostAgent, 'listBackups' | 'listKnownBackups' | 'listHeldCopies'> {
  const listBackups = async () =>
    (await agent.listBackups()).map((file) => ({
      ...file,
      proof: {
        sha256: file.report.sha256,
        atMs: Date.parse('2026-11-23T02:44:00Z'),
        tookMs: 6_000,
        auroraVersion: '0.22.0',
        way: 'staged' as const,
        verdict: 'proven' as const,
        says: 'A scheduler takes it.',
        tasks: 9,
      },
    }));
  return {
    listBackups,
    listKnownBackups: async () => ({ files: await listBackups(), reading: [] }),
    listHeldCopies: async () =>
      (await agent.listBackups()).map(({ name, bytes, report: { sha256 } }) => ({
        sha256,
        name,
        bytes,
        by,
        why: 'the migration to 0.22',
        atMs: Date.parse('2026-11-23T16:35:00Z'),
      })),
  };
}

describe('/aurora backups show', () => {
  it('says everything about one backup', async () => {
    const access = await eastAccess();
    const agents = access.agents.map((agent) =>
      agent.host === 'aurora-3' ? { ...agent, ...triedAndHeld(agent) } : agent,
    );
    const deps = depsOver({ ...access, agents });

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
    ['', /^Which backup of `east`\? `[0-9a-f]{8}` \(13 min old\), .* \(no timestamp\)\. Name it by/],
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

    expect(told).toContain('Its jobs are unknown: The agent is too old. Upgrade it.');
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
      /^No leader is known for `east` now/,
    );
  });
});

const bo = { id: 'T0/U0BO', userId: 'U0BO', teamId: 'T0', displayName: 'Bo', barred: null };

describe('/aurora backups hold, release and now', () => {
  const found = {
    name: 'scheduler-backup-2026-11-23-16-44',
    sha256: 'cd'.repeat(32),
    bytes: 5_700,
    tasks: 9,
    atMs: Date.parse('2026-11-23T16:44:10Z'),
    ms: 2_400,
  };
  const ended = { operationId: 'o', state: 'done' as const, changed: true, finishedAt: 1 };
  const world = async () => {
    const access = await eastAccess();
    const copy = {
      sha256: 'ab'.repeat(32),
      name: recorded,
      bytes: 1,
      by: 'Bo',
      why: 'for the audit',
      atMs: 1,
    };
    const agents = access.agents.map((agent) => ({
      ...agent,
      listHeldCopies: () => Promise.resolve(agent.host === 'aurora-3' ? [copy] : []),
    }));
    const seen: object[] = [];
    const errands: NonNullable<CommandDeps['errands']> = {
      requireApprover: () => Promise.resolve(bo),
      hold: (asked) => {
        seen.push(asked);
        return Promise.resolve({ ...ended, kind: 'hold-copy', evidence: { path: '/held', bytes: 1 } });
      },
      release: (asked) => {
        seen.push(asked);
        return Promise.resolve({ ...ended, kind: 'release-copy', evidence: { movedTo: '/released' } });
      },
      backUpNow: (asked) => {
        seen.push(asked);
        return Promise.resolve({ ...ended, kind: 'back-up-now', evidence: found });
      },
    };
    return { deps: depsOver({ ...access, agents }, { errands }), seen };
  };

  it('hold keeps it with a reason, and says so before all', async () => {
    const { deps, seen } = await world();

    const told = await type(deps, 'backups hold newest for the migration to 0.22');

    await expect(readAloud(told)).toMatchFileSnapshot('golden/backups-hold.txt');
    expect(seen).toMatchObject([{ host: 'aurora-2', name: recorded, why: 'the migration to 0.22' }]);
    expect(await type(deps, 'backups hold newest')).toMatch(/^Say what it is kept for/);
  });

  it('the button of an alarm holds what its value names, and nothing else', async () => {
    const { deps, seen } = await world();
    const sha256 = '62150fef00dd1aaf2257f09b202b1550b2f2efce7ef5f6e0a82f92969533a758';

    await press(deps, 'backups-hold', JSON.stringify({ cluster: 'east', sha256 }));

    expect(seen).toMatchObject([{ sha256, userId: 'U0BO' }]);
    expect(await press(deps, 'backups-hold', JSON.stringify({ cluster: 'east', sha256: 'ff' }))).toMatch(
      /is gone/,
    );
    expect(await press(deps, 'backups-hold', 'garbage')).toMatch(/^This bot did not make that button/);
  });

  it('now asks for an approver, and tells what was found when one has sent the form', async () => {
    const { deps, seen } = await world();

    const told = await type(deps, 'backups now east for the upgrade');
    const { form, sent } = await approve(deps, 'approve-backup-now', { value: valueIn(told) });

    await expect(
      `${readAloud(told)}\n---\n\n${readForm(form)}\n\n---\n\n${readAloud(sent)}`,
    ).toMatchFileSnapshot('golden/backups-now.txt');
    expect(seen).toMatchObject([
      { host: 'aurora-2', userId: 'U0ANA', approverId: 'U0BO', why: 'the upgrade' },
    ]);
  });

  it('release names what is held, asks for an approver, and lets it go when one has sent the form', async () => {
    const { deps, seen } = await world();

    expect(await type(deps, 'backups release')).toMatch(
      /^Which one\? These are held: `abababababab` \(Bo: for the audit\)/,
    );
    const told = await type(deps, 'backups release abab');
    const { form, sent } = await approve(deps, 'approve-release', { value: valueIn(told) });

    await expect(
      `${readAloud(told)}\n---\n\n${readForm(form)}\n\n---\n\n${readAloud(sent)}`,
    ).toMatchFileSnapshot('golden/backups-release.txt');
    expect(seen).toMatchObject([{ host: 'aurora-3', sha256: 'ab'.repeat(32), approverId: 'U0BO' }]);
  });

  it('a button that was altered, or is one of another kind, does nothing', async () => {
    const { deps, seen } = await world();
    const value = valueIn(await type(deps, 'backups now'));

    expect(await press(deps, 'approve-backup-now', value.replace('aurora-2', 'aurora-1'))).toMatch(
      /changed after this bot/,
    );
    expect(await press(deps, 'approve-release', value)).toMatch(/^This bot did not make that button/);
    expect(await press(deps, 'approve-backup-now', '{"form":"errand x"}')).toMatch(/nothing was done/);
    expect(seen).toEqual([]);
  });

  it('a press does nothing by itself: the form says what is approved, is checked, and counts for who opened it alone', async () => {
    const { deps, seen } = await world();
    const value = valueIn(await type(deps, 'backups now east for the "upgrade" of *all*'));

    const pressed = await press(deps, 'approve-backup-now', value);
    const { form, sent } = await approve(deps, 'approve-backup-now', { value, by: 'U0ANA' });

    expect(pressed).toEqual([]);
    expect(checkView(form)).toMatchObject({ ok: true });
    expect(readForm(form)).toContain(
      '*You approve that the leader of `east` on aurora-2 writes a backup now.*',
    );
    expect(readForm(form)).toContain('Asked for by <@U0ANA>: "the ');
    expect(readForm(form)).toContain('of ∗all∗');
    expect(sent).toMatch(/opened by somebody else/);
    expect(seen).toEqual([]);
  });

  it.each(['backups release abab', 'backups now'])(
    '%s is not asked for where hosts take nothing but signatures',
    async (text) => {
      const access = await eastAccess();
      const { deps } = await world();
      const agents = (deps.clusters.get('east')?.agents ?? []).map((agent) => ({
        ...agent,
        readStatus: async () => ({
          ...(await agent.readStatus()),
          people: { mode: 'require' as const, rosterHash: null, refused: [], verified: [] },
        }),
      }));
      const clusters = new Map([['east', { ...access, agents }]]);

      expect(await type({ ...deps, clusters }, text)).toMatch(/^aurora-\d requires people's own signatures/);
    },
  );

  it('who may not approve is told at the press, and sees no form', async () => {
    const { deps, seen } = await world();
    const value = valueIn(await type(deps, 'backups release abab'));
    const requireApprover = () =>
      Promise.reject(new AuroraError({ code: 'errand-refused', message: 'You asked.', hint: 'Ask.' }));
    const errands = deps.errands === undefined ? {} : { errands: { ...deps.errands, requireApprover } };

    expect(await press({ ...deps, ...errands }, 'approve-release', value)).toBe('You asked. Ask.');
    expect(seen).toEqual([]);
  });

  it('now is refused while a restore goes on, and elsewhere than in the channel', async () => {
    const { deps } = await world();
    const restores = [{ restoreId: 'R12' }] as unknown as Awaited<
      ReturnType<CommandDeps['service']['list']>
    >['restores'];
    const list = () => Promise.resolve({ restores, ended: [], unreadable: [] });

    expect(await type({ ...deps, service: { ...deps.service, list } }, 'backups now')).toMatch(
      /^R12 of `east` is in progress/,
    );
    expect(await type(deps, 'backups now', 'C0OTHER')).toMatch(/^Ask for that in the channel/);
  });
});

describe('/aurora backups', () => {
  it('says what people had kept, and what a scheduler made of it', async () => {
    const access = await eastAccess();
    const agents = access.agents.map((agent) => ({
      ...agent,
      ...(agent.host === 'aurora-3' ? triedAndHeld(agent, 'Ana *<!here>*') : {}),
      ...(agent.host === 'aurora-1'
        ? { listHeldCopies: () => Promise.reject(new AuroraError({ code: 'x', message: 'old', hint: '-' })) }
        : {}),
    }));

    const told = readAloud(await type(depsOver({ ...access, agents }), 'backups'));

    expect(told).toContain(
      'held by Ana ∗&lt;!here&gt;∗ until released: backup of 2026-11-23 16:30 UTC, "the migration to 0.22"',
    );
    expect(told).toContain('proven restorable by Aurora 0.22.0 on aurora-3, 14 h ago, in 6 s');
  });

  it.each([
    ['backups shwo newest', 'backups shwo', 'backups show'],
    ['backups dif 14m now', 'backups dif', 'backups diff'],
  ])('takes %s for a slip', async (text, word, meant) => {
    const told = readAloud(await type(depsOver(await eastAccess()), text));

    expect(told).toContain(`*There is no \`/aurora ${word}\`.* Did you mean \`/aurora ${meant}\`?`);
  });
});

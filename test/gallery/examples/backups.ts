/** Which backups there are, and what people ask of them outside a restore. */
import type { CommandDeps } from '../../../commands/deps.ts';
import type { SeenBackup } from '../../../src/aurora/fleet.ts';
import { type ClusterOutline, collectOutline, type EntryOf } from '../../../src/aurora/outline.ts';
import { listInventory } from '../../../src/backups/inventory.ts';
import { renderBackups } from '../../../src/slack/messages/backups.ts';
import { depsOver } from '../../commands/support.ts';
import { eastAccess, readingAgent, unreachable } from '../../slack/support/cluster.ts';
import { answer, form, pressed, sent, typed, valueIn } from '../asking.ts';
import type { Group } from '../example.ts';
import { inChannel, onlyYou } from '../moments.ts';

const recorded = 'scheduler-backup-2026-11-23-16-30';
const hour = 3_600_000;
const now = Date.parse('2026-11-23T16:44:00Z');

/** One an hour for ten days, with a night without any. */
const tenDays: readonly SeenBackup[] = Array.from({ length: 240 }, (_, hoursAgo) => hoursAgo)
  .filter((hoursAgo) => hoursAgo < 60 || hoursAgo >= 66)
  .map((hoursAgo) => {
    const atMs = now - hoursAgo * hour - 13 * 60_000;
    return {
      sha256: String(hoursAgo),
      contentAtMs: atMs,
      bytes: 5_700_000 - hoursAgo * 10_000,
      tasks: 900,
      jobs: 30,
      verdict: hoursAgo === 90 ? 'broken' : 'ok',
      frameworkId: null,
      copies: [],
      firstSeenMs: atMs,
      lastSeenMs: now,
    };
  });

/** What the leader tells after an hour in which somebody was busy. */
function afterAnHour(outline: ClusterOutline): ClusterOutline {
  const jobs = new Map(outline.jobs);
  const late: EntryOf<'job'> = {
    of: 'job',
    key: 'new/prod/late',
    active: 2,
    ended: 0,
    configs: { other: 0 },
  };
  jobs.delete('www/devel/scratch');
  jobs.set(late.key, late);
  return { ...outline, frameworkId: null, jobs, cron: new Map() };
}

/** Who asks may, and the hosts do it. */
function errandsThatWork(): NonNullable<CommandDeps['errands']> {
  const ended = { operationId: 'o', state: 'done' as const, changed: true, finishedAt: 1 };
  return {
    requireApprover: () =>
      Promise.resolve({ id: 'T0/U0BO', userId: 'U0BO', teamId: 'T0', displayName: 'Bo', barred: null }),
    hold: () => Promise.resolve({ ...ended, kind: 'hold-copy', evidence: { path: '/held', bytes: 1 } }),
    release: () => Promise.resolve({ ...ended, kind: 'release-copy', evidence: { movedTo: '/released' } }),
    backUpNow: () =>
      Promise.resolve({
        ...ended,
        kind: 'back-up-now',
        evidence: {
          name: 'scheduler-backup-2026-11-23-16-44',
          sha256: 'cd'.repeat(32),
          bytes: 5_700,
          tasks: 9,
          atMs: Date.parse('2026-11-23T16:44:10Z'),
          ms: 2_400,
        },
      }),
  };
}

export async function backupExamples(): Promise<Group> {
  const access = await eastAccess();
  const copy = {
    sha256: 'ab'.repeat(32),
    name: recorded,
    bytes: 1,
    by: 'Bo',
    why: 'for the audit',
    atMs: now - hour,
  };
  const holding = {
    ...access,
    agents: access.agents.map((agent) => ({
      ...agent,
      listHeldCopies: () => Promise.resolve(agent.host === 'aurora-3' ? [copy] : []),
    })),
  };
  const deps = depsOver(holding, {
    errands: errandsThatWork(),
    history: { listSeen: () => Promise.resolve(tenDays) },
  });
  const agents = access.agents.map((agent) =>
    agent.host === 'aurora-2' ? readingAgent(agent.host, { backups: unreachable(agent.host) }) : agent,
  );
  const partial = renderBackups({
    cluster: 'east',
    inventory: await listInventory(agents, { clock: deps.clock, limitMs: 5_000 }),
    losses: new Map(),
    lossesUnknown: null,
    held: [],
    all: false,
    now,
  });
  const busy = depsOver({
    ...access,
    agents: access.agents.map((agent) => ({
      ...agent,
      readLiveOutline: async () => afterAnHour(await collectOutline(agent.readBackupOutline(recorded))),
    })),
  });
  const release = await answer(typed(deps, 'backups release abab'));
  const backUpNow = await answer(typed(deps, 'backups now'));
  const approveRelease = await form(pressed(deps, 'approve-release', valueIn(release)));
  const approveNow = await form(pressed(deps, 'approve-backup-now', valueIn(backUpNow)));
  const listed = (await typed(deps, 'backups')).messages.at(-1);
  if (listed === undefined) throw new Error('backups are listed');
  return {
    title: 'Backups',
    examples: [
      onlyYou(
        { id: 'backups', title: 'Which backups there are', seen: 'After `/aurora backups`.', main: true },
        listed,
      ),
      onlyYou(
        {
          id: 'backups-partial',
          title: 'A host does not answer',
          seen: 'After `/aurora backups`, when not every host can be asked.',
        },
        partial,
      ),
      onlyYou(
        { id: 'backups-show', title: 'One backup', seen: 'After `/aurora backups show newest`.' },
        await answer(typed(deps, 'backups show newest')),
      ),
      onlyYou(
        {
          id: 'backups-show-broken',
          title: 'A broken backup',
          seen: 'After `/aurora backups show`, about one that cannot be restored.',
        },
        await answer(typed(deps, 'backups show 2026-11-23-15-30')),
      ),
      onlyYou(
        {
          id: 'backups-show-which',
          title: 'Which one?',
          seen: 'After `/aurora backups show` without a name.',
        },
        await answer(typed(deps, 'backups show')),
      ),
      onlyYou(
        {
          id: 'backups-diff',
          title: 'What is different',
          seen: 'After `/aurora backups diff`, between a backup and now.',
        },
        await answer(typed(busy, 'backups diff 14 min')),
      ),
      onlyYou(
        {
          id: 'backups-history',
          title: 'The backups of ten days',
          seen: 'After `/aurora backups history`; a picture follows.',
        },
        await answer(typed(deps, 'backups history')),
      ),
      inChannel(
        {
          id: 'backups-hold',
          title: 'A backup is held',
          seen: 'In the channel, after `/aurora backups hold`.',
        },
        await answer(typed(deps, 'backups hold newest for the migration to 0.22')),
      ),
      inChannel(
        {
          id: 'backups-release',
          title: 'Somebody wants to let a held backup go',
          seen: 'In the channel, after `/aurora backups release`.',
        },
        release,
      ),
      {
        id: 'backups-release-form',
        title: 'Approve that it is let go',
        seen: 'When an approver presses the button of the message above.',
        kind: 'form',
        view: approveRelease,
      },
      inChannel(
        { id: 'backups-released', title: 'It was let go', seen: 'In the channel, once it was approved.' },
        await answer(sent(deps, approveRelease)),
      ),
      inChannel(
        {
          id: 'backups-now',
          title: 'Somebody wants a backup now',
          seen: 'In the channel, after `/aurora backups now`.',
        },
        backUpNow,
      ),
      {
        id: 'backups-now-form',
        title: 'Approve a backup now',
        seen: 'When an approver presses the button of the message above.',
        kind: 'form',
        view: approveNow,
      },
      inChannel(
        {
          id: 'backups-now-done',
          title: 'There is a new backup',
          seen: 'In the channel, once the leader has written it.',
        },
        await answer(sent(deps, approveNow)),
      ),
    ],
  };
}

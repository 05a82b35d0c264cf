/** Before anybody thinks of a restore: who leads, what goes on, what was. */

import { AuroraError } from '../../../src/aurora/errors.ts';
import type { SeenBackup } from '../../../src/aurora/fleet.ts';
import type { LeaderAnswer } from '../../../src/aurora/leader.ts';
import type { ClusterAccess } from '../../../src/restore/ports.ts';
import { endedOf } from '../../../src/restore/record/ended.ts';
import { depsOver } from '../../commands/support.ts';
import { bo } from '../../restore/support/story.ts';
import { eastAccess, readingAgent, statusOf, unreachable } from '../../slack/support/cluster.ts';
import { looking, stories } from '../../slack/support/whole-story.ts';
import { answer, homeOf, typed } from '../asking.ts';
import type { Group } from '../example.ts';
import { lastOf, onlyYou, threadLink } from '../moments.ts';

const candidate = { node: '_c_1-lock-0000000008', sequence: 8, host: '10.0.3.11' };

/** `east`, of which ZooKeeper says this. */
async function whereZooKeeperSays(
  said: LeaderAnswer,
  agents?: ClusterAccess['agents'],
): Promise<ClusterAccess> {
  const access = await eastAccess();
  const leader = { ...access.leader, findLeader: () => Promise.resolve(said) };
  return { ...access, leader, ...(agents !== undefined && { agents }) };
}

const dead = ['aurora-1', 'aurora-2', 'aurora-3'].map((host) =>
  readingAgent(host, {
    status: statusOf(host, {
      scheduler: {
        ...statusOf(host).scheduler,
        service: 'stopped',
        pid: null,
        httpPortOpen: false,
        libprocessPortOpen: false,
        instance: null,
      },
      leaderHealth: null,
      vars: {},
    }),
  }),
);

export async function lookingExamples(): Promise<Group> {
  const quiet = depsOver(await eastAccess());
  const ask = async (access: ClusterAccess) => await answer(typed(depsOver(access), 'leader'));
  const open = lastOf(looking);
  const ended = ['completed', 'aborted', 'declined'].flatMap((name, index) => {
    const summary = endedOf(lastOf(stories[name] ?? []));
    return summary === null ? [] : [{ ...summary, restoreId: `R${4 - index}` }];
  });
  const newest: SeenBackup = {
    sha256: '9c'.repeat(32),
    contentAtMs: open.proposedAt - 14 * 60_000,
    bytes: 5_700,
    tasks: 9,
    jobs: 3,
    verdict: 'ok',
    frameworkId: null,
    copies: [{ host: 'aurora-2', name: 'scheduler-backup-2026-11-23-14-02' }],
    firstSeenMs: open.proposedAt,
    lastSeenMs: open.proposedAt,
  };
  const listing = {
    ...quiet,
    service: { ...quiet.service, list: () => Promise.resolve({ restores: [open], ended, unreadable: [] }) },
    outbox: { ...quiet.outbox, linkOf: () => Promise.resolve(threadLink) },
    history: { listSeen: () => Promise.resolve([newest]) },
    clock: { ...quiet.clock, now: () => open.proposedAt + 3_600_000 },
  };
  return {
    title: 'Looking around',
    examples: [
      onlyYou(
        {
          id: 'leader',
          title: 'Who leads',
          seen: 'After `/aurora leader`, when the cluster is well.',
          main: true,
        },
        await ask(await eastAccess()),
      ),
      onlyYou(
        {
          id: 'leader-nobody',
          title: 'Nobody leads',
          seen: 'After `/aurora leader`, when every scheduler is dead.',
          main: true,
        },
        await ask(await whereZooKeeperSays({ kind: 'none', candidates: [] }, dead)),
      ),
      onlyYou(
        {
          id: 'leader-not-ready',
          title: 'Elected, but its storage is not ready',
          seen: 'After `/aurora leader`, when a lost log may be why nobody leads.',
        },
        await ask(
          await whereZooKeeperSays(
            { kind: 'none', candidates: [candidate] },
            ['aurora-1', 'aurora-2', 'aurora-3'].map((host) =>
              readingAgent(host, {
                status: statusOf(
                  host,
                  host === 'aurora-1'
                    ? {
                        vars: {
                          scheduler_lifecycle_LEADER_AWAITING_REGISTRATION: 0,
                          scheduler_lifecycle_STORAGE_PREPARED: 0,
                          jvm_uptime_secs: 360,
                        },
                      }
                    : {},
                ),
              }),
            ),
          ),
        ),
      ),
      onlyYou(
        {
          id: 'leader-unreachable',
          title: 'ZooKeeper does not answer',
          seen: 'After `/aurora leader`, when ZooKeeper cannot be asked.',
        },
        await ask(
          await whereZooKeeperSays({
            kind: 'unreachable',
            error: new AuroraError({
              code: 'zookeeper-unreachable',
              message: 'ZooKeeper did not answer within 5 s.',
              hint: 'Look at the ensemble at zk:2181.',
            }),
          }),
        ),
      ),
      onlyYou(
        {
          id: 'leader-silent-host',
          title: 'An agent does not answer',
          seen: 'After `/aurora leader`, when one host cannot be seen.',
        },
        await ask({
          ...(await eastAccess()),
          agents: (await eastAccess()).agents.map((agent) =>
            agent.host === 'aurora-3' ? readingAgent('aurora-3', { status: unreachable('aurora-3') }) : agent,
          ),
        }),
      ),
      onlyYou(
        {
          id: 'status-quiet',
          title: 'Nothing is open',
          seen: 'After `/aurora status`, when no restore is in progress.',
        },
        await answer(typed(quiet, 'status')),
      ),
      onlyYou(
        { id: 'status', title: 'What is in progress', seen: 'After `/aurora status`, during a restore.' },
        await answer(typed(listing, 'status')),
      ),
      onlyYou(
        { id: 'history', title: 'What was restored before', seen: 'After `/aurora history`.' },
        await answer(typed(listing, 'history east')),
      ),
      onlyYou(
        {
          id: 'history-empty',
          title: 'Nothing was restored before',
          seen: 'After `/aurora history`, before the first restore has ended.',
        },
        await answer(typed(quiet, 'history')),
      ),
      {
        id: 'home',
        title: 'The Home tab',
        seen: 'When a signer opens it during the second look.',
        kind: 'home',
        view: await homeOf(listing, bo.userId),
      },
      {
        id: 'home-quiet',
        title: 'The Home tab when nothing is in progress',
        seen: 'Before the first restore.',
        kind: 'home',
        view: await homeOf(quiet, bo.userId),
      },
      onlyYou(
        { id: 'help', title: 'Help', seen: 'After `/aurora help`.' },
        await answer(typed(quiet, 'help')),
      ),
      onlyYou(
        {
          id: 'help-unknown',
          title: 'A word it does not know',
          seen: 'After a command with a slip of the finger in it.',
        },
        await answer(typed(quiet, 'backups shwo newest')),
      ),
      onlyYou(
        {
          id: 'too-many-words',
          title: 'Too many names',
          seen: 'After a command about one cluster that names two.',
        },
        await answer(typed(quiet, 'leader east west')),
      ),
      onlyYou(
        {
          id: 'unknown-cluster',
          title: 'No such cluster',
          seen: 'After a command about a cluster that is not configured.',
        },
        await answer(typed(quiet, 'leader esat')),
      ),
    ],
  };
}

/** Whatever a restore is stuck on, its message says what to type and on which host. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/aurora/error-codes.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Problem } from '../../../src/restore/record/state.ts';
import { renderStuck } from '../../../src/slack/messages/outcome.ts';
import { stuckCommandText } from '../../../src/slack/messages/stuck-command.ts';
import { planned, recordsOf, statesOf } from '../support/whole-story.ts';

const root = join(import.meta.dirname, '../../../src');
/** Whoever throws while a restore works. */
const rooms = [
  'restore',
  'agent',
  'aurora',
  'leader',
  'zookeeper',
  'mesos',
  'thrift',
  'backups',
  'streams',
  'signing',
];

async function kindsInSources(): Promise<readonly string[]> {
  const files = await Array.fromAsync(
    glob(
      rooms.map((room) => `${room}/**/*.ts`),
      { cwd: root },
    ),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bcode: '([a-z-]+)'/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  return [...new Set([...found, ...Object.values(errorCodes), 'internal', 'foreign-edited'])].sort();
}

const planning = statesOf(recordsOf(planned)).at(-1);
if (planning === undefined) throw new Error('a story has events');
const state = planning;
const problem = (code: string, message = 'It did not work.'): Problem => ({
  step: 'set-aside-log',
  code,
  message,
  hint: 'Look at it.',
  at: 0,
});

describe('a stuck restore', () => {
  it('names a place and a command for every kind of error there is', async () => {
    const kinds = await kindsInSources();

    const silent = kinds.filter(
      (kind) =>
        !/^On (the bot's machine|aurora-1, aurora-2 and aurora-3): .*`[a-z][^`]+`/.test(
          stuckCommandText(state, problem(kind)),
        ),
    );

    expect(kinds.length).toBeGreaterThan(150);
    expect(silent).toEqual([]);
  });

  it.each([
    [
      'agent-unreachable',
      'aurora-2 does not answer.',
      'On aurora-2: `systemctl status aurora-chatops-agent`',
    ],
    [
      'scheduler-not-stopped',
      'The scheduler on aurora-1 still runs.',
      'On aurora-1: `systemctl status aurora-scheduler`',
    ],
    [
      'waited-too-long',
      'Gave up waiting for a leader.',
      'On aurora-1, aurora-2 and aurora-3: `systemctl status aurora-scheduler`',
    ],
    ['flags-not-set', 'aurora-3: the flag file is read-only.', 'On aurora-3: `aurora-chatops agent check`'],
    ['traffic-not-blocked', 'aurora-1 is open.', 'On aurora-1: `nft list ruleset`'],
    ['foreign-started', 'aurora-2 is running although this restore stopped it.', 'On aurora-2: `last -n 20`'],
    ['mesos-unreachable', 'No master answers.', "On the bot's machine: `aurora-chatops config check --live"],
    [
      'zookeeper-unreachable',
      'No server answers.',
      "On the bot's machine: `aurora-chatops config check --live",
    ],
    ['people-unknown', 'Slack does not answer.', "On the bot's machine: `aurora-chatops config check --live"],
    ['internal', 'The bot made a mistake.', "On the bot's machine: `aurora-chatops config check --live"],
    ['backup-changed', 'The file on aurora-2 is another one.', 'On aurora-2: `aurora-chatops agent check`'],
  ])('%s: says where to look', (kind, message, text) => {
    expect(stuckCommandText(state, problem(kind, message))).toContain(text);
  });

  it('looks at the host whose operation failed when none is named', () => {
    const id = 'R1.forward.set-aside-log.aurora-3.set-aside-log.1';
    const events: RestoreEvent[] = [
      {
        type: 'operation-requested',
        step: 'set-aside-log',
        operationId: id,
        host: 'aurora-3',
        kind: 'set-aside-log',
      },
      {
        type: 'operation-finished',
        operationId: id,
        state: 'failed',
        changed: false,
        evidence: null,
        message: 'no room',
      },
    ];
    const failed = statesOf(recordsOf([...planned, ...events])).at(-1);
    if (failed === undefined) throw new Error('a story has events');

    expect(stuckCommandText(failed, problem('log-in-the-way'))).toContain('On aurora-3: ');
    expect(
      renderStuck({ at: { ...failed, stuck: problem('log-in-the-way') }, latest: failed }).text,
    ).toContain('On aurora-3: ');
  });
});

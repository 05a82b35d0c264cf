/** A journal that another release of the agent has written: read for what it is, or refused, and never guessed at. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOperationJournal } from '../../src/agent/operation-journal.ts';
import { errandKinds } from '../../src/aurora/errands.ts';
import { operationKinds } from '../../src/aurora/operations/all.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

const recorded = fileURLToPath(new URL('../fixtures/agent-journals/', import.meta.url));

let host: TestHost;
let path: string;
let agent: AgentInProcess | null;
beforeEach(async () => {
  host = await createTestHost();
  path = host.path('state', 'operations.sqlite');
  agent = null;
  await mkdir(host.path('state'));
});
afterEach(async () => {
  await agent?.close();
  await host.dispose();
});

interface Row {
  readonly operation_id: string;
  readonly event: string;
  readonly body: string;
}

/** Every row, as SQLite has it. */
const rowsOf = (file: string): readonly Row[] => {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT operation_id, event, body FROM operation_event ORDER BY seq').all();
  db.close();
  // The columns are those of the query, which its type does not say.
  return rows as unknown as readonly Row[];
};
const kindOf = (operationId: string): string => operationId.split('.').at(-2) ?? '';

describe.each(await readdir(recorded))('the journal %s', (file) => {
  const rows = rowsOf(recorded + file);
  const gone = (id: string): boolean => !operationKinds.some((kind) => kind === kindOf(id));
  const ids = [...new Set(rows.map((row) => row.operation_id))];

  test('has an operation of every kind that there was', () => {
    const kinds = new Set(ids.map(kindOf));

    // Errands are younger than the recording.
    expect(operationKinds.filter((kind) => !kinds.has(kind))).toEqual([...errandKinds]);
  });

  test('is read as it was written, and goes on being written', async () => {
    await copyFile(recorded + file, path);
    const journal = openOperationJournal(path);
    const bodyOf = (id: string, event: string): unknown => {
      const row = rows.findLast((candidate) => candidate.operation_id === id && candidate.event === event);
      return row === undefined ? null : JSON.parse(row.body);
    };
    const added = host.request('block-traffic', {});

    for (const id of ids.filter((candidate) => !gone(candidate))) {
      expect(journal.find(id)).toEqual({
        request: bodyOf(id, 'accepted'),
        started: rows.some((row) => row.operation_id === id && row.event === 'started'),
        result: bodyOf(id, 'ended'),
      });
    }
    journal.accept(added, 1);

    expect(journal.find(added.operationId)?.request).toEqual(added);
    expect(journal.listUnfinished()).toHaveLength(3);
    expect(journal.highestFence()).toBe(26);
    journal.close();
  });

  test('refuses an operation of a kind that is not there any more', async () => {
    await copyFile(recorded + file, path);
    const journal = openOperationJournal(path);

    expect(ids.filter(gone)).not.toEqual([]);
    for (const id of ids.filter(gone))
      expect(() => journal.find(id)).toThrow(/another form than this release/);
    journal.close();
  });

  test('answers for its operations through an agent of today', async () => {
    await copyFile(recorded + file, path);
    agent = await startAgentHere(host);

    for (const { operation_id: id, body } of rows.filter(({ event }) => event === 'ended')) {
      if (gone(id)) {
        await expect(agent.client.readOperation(id)).rejects.toMatchObject({ code: 'journal-entry-unknown' });
      } else expect(await agent.client.readOperation(id)).toEqual(JSON.parse(body));
    }
  });
});

describe('a bot of before epochs', () => {
  const strict = (): Promise<AgentInProcess> =>
    startAgentHere({
      ...host,
      config: { ...host.config, trust: { ...host.config.trust, requireEpoch: true } },
    });
  const verdict = (payload: { fence: number; epoch?: string }): Promise<unknown> =>
    (agent as AgentInProcess).client.perform(host.request('block-traffic', {}, payload)).then(
      ({ state }) => state,
      (error: unknown) => error,
    );

  test('goes on with an agent that was renewed before it, because its fences are still known', async () => {
    await copyFile(`${recorded}version-1.sqlite`, path);
    agent = await strict();

    expect(await verdict({ fence: 26 })).toBe('done');
    expect(await verdict({ fence: 25 })).toMatchObject({ details: { rule: 'fence' } });
    expect(await verdict({ fence: 26, epoch: 'of another journal' })).toMatchObject({
      details: { rule: 'epoch' },
    });
  });

  test('is told to be renewed by an agent whose journal is new', async () => {
    agent = await strict();

    expect(await verdict({ fence: 26 })).toMatchObject({
      details: { rule: 'epoch' },
      hint: 'A bot as new as this agent asks again by itself: upgrade the bot, then look again. Nothing was done.',
    });
  });
});

describe('an unfinished operation in a form that this release does not know', () => {
  const operationId = 'R1.forward.later.aurora-1.block-traffic.1';

  /** As if a later release, or a broken disk, had written it. */
  const writeForeign = (version: number, change: (body: string) => string): void => {
    const request = host.request('block-traffic', {}, { operationId });
    openOperationJournal(path).close();
    const db = new DatabaseSync(path);
    db.prepare(
      `INSERT INTO operation_event (at, operation_id, event, fence, body, version) VALUES (1, ?, 'accepted', 1, ?, ?)`,
    ).run(operationId, change(JSON.stringify(request)), version);
    db.close();
  };

  test.each<[string, number, (body: string) => string, RegExp]>([
    ['a later version', 2, (body) => body, /written in form 2, and this release of the agent knows form 1/],
    ['an unknown kind', 1, (body) => body.replaceAll('"block-traffic"', '"close-port"'), /another form/],
    ['a field that nobody knows', 1, (body) => body.replace('{', '{"more":1,'), /another form/],
    ['a body that is cut', 1, (body) => body.slice(0, -20), /another form/],
    ['an empty body', 1, () => '', /another form/],
    ['a body that is no object', 1, () => 'null', /another form/],
  ])('is refused, and others are done: %s', async (_what, version, change, message) => {
    writeForeign(version, change);
    agent = await startAgentHere(host);

    const asked = agent.client.perform(host.request('block-traffic', {}, { operationId }));
    await expect(asked).rejects.toMatchObject({
      code: 'journal-entry-unknown',
      message: expect.stringMatching(message),
    });
    await expect(agent.client.readOperation(operationId)).rejects.toThrow(message);
    const other = await agent.client.perform(host.request('unblock-traffic', {}));

    expect(other.state).toBe('done');
    expect(await host.effects()).toEqual([]);
  });
});

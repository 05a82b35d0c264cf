import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { callScheduler } from '../../src/thrift/call-scheduler.ts';
import { answerWith, clientOf, ok, reply, serve } from './harness.ts';
import { type SeenRequest, startServer } from './scheduler-server.ts';

describe('callScheduler() tells what is known of a changing call', () => {
  const cases: readonly (readonly [
    string,
    (request: SeenRequest, response: ServerResponse) => void,
    object,
  ])[] = [
    ['OK', answerWith(reply('commitRecovery', ok)), { answer: 'ok', messages: [] }],
    [
      'ERROR',
      answerWith(reply('commitRecovery', { responseCode: 2, details: [{ message: 'No backup loaded.' }] })),
      { answer: 'error', messages: ['No backup loaded.'] },
    ],
    [
      'a storage that is not ready',
      answerWith(
        reply('commitRecovery', { responseCode: 6, details: [{ message: 'Storage is not READY' }] }),
      ),
      { answer: 'not-ready', messages: ['Storage is not READY'] },
    ],
    ['a redirect', answerWith('', 307, { Location: 'http://x/api' }), { answer: 'error' }],
    ['no leader', answerWith('', 503), { answer: 'error' }],
    ['HTTP 500', answerWith('', 500), { answer: 'no-reply' }],
    ['a cut answer', answerWith('[1,"commitRec'), { answer: 'no-reply' }],
    ['a broken connection', (_request, response) => response.destroy(), { answer: 'no-reply' }],
    ['silence', () => {}, { answer: 'no-reply' }],
  ];

  test.each(cases)('%s', async (_name, answer, expected) => {
    const server = await serve(answer);
    const ticks = [1000, 1234];

    const outcome = await callScheduler(
      clientOf(server),
      'commitRecovery',
      {},
      {
        now: () => ticks.shift() ?? 0,
        deadlineMs: 300,
      },
    );

    expect(outcome).toMatchObject({ ...expected, ms: 234 });
    expect(server.seen).toHaveLength(1);
  });

  test('a closed port is an error: nothing was sent', async () => {
    const gone = await startServer(() => {});
    await gone.close();

    const outcome = await callScheduler(clientOf(gone), 'commitRecovery', {}, { now: () => 0 });

    expect(outcome.answer).toBe('error');
  });
});

import { expect, test } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { connectionsOf } from '../../src/mesos/access.ts';
import { callOperatorApi } from '../../src/mesos/operator-api.ts';
import { startClosingServer } from '../support/closing-server.ts';

test('a master that closes a kept connection at the moment of a question is asked once more', async () => {
  const master = await startClosingServer((_request, response) => response.end('{}'));
  const ask = {
    master: master.url,
    call: 'GET_MASTER',
    deadlineMs: 10_000,
    clock: systemClock,
    authorization: null,
    connections: connectionsOf({}),
  } as const;

  const bodies: string[] = [];
  for (let asked = 0; asked < 2; asked += 1) {
    const answer = await callOperatorApi(ask);
    if (answer.kind === 'ok') bodies.push(Buffer.concat(await Array.fromAsync(answer.body)).toString());
  }

  await master.close();
  expect(bodies).toEqual(['{}', '{}']);
  expect(master.seen).toEqual(['POST /api/v1', 'POST /api/v1 closed', 'POST /api/v1']);
});

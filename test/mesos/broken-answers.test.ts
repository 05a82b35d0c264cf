import { expect, it } from 'vitest';
import { openMesosMaster } from '../../src/mesos/master.ts';
import { cuts, trickle } from '../support/broken-answers.ts';
import { WatchedClock } from '../support/watched-clock.ts';
import { serve } from '../thrift/harness.ts';

const silenceMs = 30_000;
const frameworks = Buffer.from(
  JSON.stringify({ type: 'GET_FRAMEWORKS', get_frameworks: { frameworks: [], completed_frameworks: [] } }),
);
const readerOf = ({ url }: { url: string }, clock = new WatchedClock(0)) =>
  openMesosMaster({ masters: [new URL(url).origin], deadlineMs: silenceMs, clock });

it.each(cuts)('an answer that is cut is none: $name', async ({ send }) => {
  const server = await serve((_request, response) => send(response, frameworks, 'application/json'));

  await expect(readerOf(server).listFrameworks()).rejects.toMatchObject({ code: 'mesos-unreachable' });
});

it('an answer may take as long as it likes, while something comes', async () => {
  const clock = new WatchedClock(0);
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    void trickle(response, frameworks, { clock, pieces: 8, everyMs: 20_000 });
  });

  const listed = await readerOf(server, clock).listFrameworks();

  expect(listed).toEqual([]);
  expect(clock.now()).toBeGreaterThan(4 * silenceMs);
});

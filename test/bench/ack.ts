/**
 * How long people wait for an acknowledgement while the bot reads a whole cluster, beside a Bolt app that does nothing else, in the
 * same seconds: both get 200 commands a second.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signRequest } from '../../src/local-slack/delivery/http-delivery.ts';
import { sendJson } from '../../src/pretend-aurora/serve-http.ts';
import { signingSecret } from '../local-slack/world.ts';
import { largeSteps, startLargeCluster } from './large/cluster.ts';
import type { BenchPart } from './part.ts';

const everyMs = 5;

/** `ack` of the last line: the 99th percentile as a multiple of bare Bolt's. */
export const benchAck: BenchPart = async ({ tasks, say }) => {
  const slack = createServer((_request, response) =>
    sendJson(response, { ok: true, team_id: 'T1', user_id: 'U9', bot_id: 'B1' }),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => slack.once('listening', resolve));
  const compiled = await mkdtemp(join(tmpdir(), 'bench-compiled-'));
  say(`Writing a backup of ${tasks} tasks.`);
  const cluster = await startLargeCluster({
    tasks,
    compiled,
    slackApi: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api/`,
  });
  try {
    const bare = new Commands(await cluster.startBareBolt());
    const ours = new Commands(cluster.receptionPort);
    // Connections, and what is compiled when it is first used.
    await Promise.all([bare.warmUp(), ours.warmUp()]);
    const timer = setInterval(() => {
      bare.send();
      ours.send();
    }, everyMs);
    for (const step of largeSteps) {
      say(`Running ${step}.`);
      await cluster.run(step);
    }
    clearInterval(timer);
    const [bareMs, oursMs] = [await bare.p99(), await ours.p99()];
    const p99OfBare = Math.round((oursMs / bareMs) * 100) / 100;
    return {
      lines: [
        `Acknowledging 200 commands a second while the steps of ${tasks} tasks run, 99th percentile:`,
        `  bare Bolt ${bareMs.toFixed(1)} ms of ${bare.sent}, ours ${oursMs.toFixed(1)} ms of ${ours.sent}: ${p99OfBare} ×`,
      ],
      json: { p99OfBare, p99Ms: Math.round(oursMs), tasks },
    };
  } finally {
    await cluster.end();
    slack.close();
    await rm(compiled, { recursive: true });
  }
};

/** Commands that people type, one after the other or at once, and how long each waited. */
class Commands {
  readonly #url: string;
  readonly #times: number[] = [];
  readonly #underWay = new Set<Promise<void>>();
  sent = 0;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/slack/events`;
  }

  send(): void {
    this.sent += 1;
    const waited = this.#deliver(this.sent).then((ms) => void this.#times.push(ms));
    this.#underWay.add(waited);
    void waited.finally(() => this.#underWay.delete(waited));
  }

  async warmUp(): Promise<void> {
    for (let count = 0; count < 200; count += 1) await this.#deliver(-count);
  }

  /** When all are answered. */
  async p99(): Promise<number> {
    await Promise.all(this.#underWay);
    return this.#times.sort((a, b) => a - b)[Math.floor(this.#times.length * 0.99)] ?? Number.NaN;
  }

  async #deliver(nth: number): Promise<number> {
    const body = new URLSearchParams({
      command: '/aurora',
      text: 'help',
      team_id: 'T1',
      user_id: 'U1',
      channel_id: 'C1',
      trigger_id: String(nth),
      response_url: 'http://127.0.0.1/nowhere',
    }).toString();
    const timestamp = Math.floor(Date.now() / 1_000);
    const startedAt = performance.now();
    const answer = await fetch(this.#url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signRequest({ secret: signingSecret, timestamp, body }),
      },
    });
    await answer.text();
    if (answer.status !== 200) throw new Error(`a command was answered with ${answer.status}`);
    return performance.now() - startedAt;
  }
}

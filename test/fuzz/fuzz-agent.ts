/**
 * Fuzzes the real agent: requests from its own OpenAPI document, hostile ones written by hand, forged and valid grants. In
 * turns of two: while nothing valid is sent, nothing on the host may change; then some operations are granted, and no other
 * may have had an effect.
 */
import { z } from 'zod';
import { operationKinds } from '../../src/aurora/operations/all.ts';
import { backupName, canaryText, createFuzzedHost, type FuzzedHost, linkName } from './fuzzed-host.ts';
import { createGrantedRequests } from './granted-requests.ts';
import { makeHostileRequest } from './hostile-requests.ts';
import { createDocumentRequests } from './openapi-values.ts';
import { createRandom } from './random.ts';
import { closeConnections, type FuzzAnswer, type FuzzRequest, send } from './send.ts';

export interface FuzzReport {
  readonly requests: number;
  readonly refused: number;
  readonly granted: number;
  /** Ends of the process that nobody asked for, and answers of a mistake of its own. */
  readonly crashes: number;
  /** Changes of the host, effects of its commands and calls to its scheduler that no valid grant asked for. */
  readonly effectsWithoutGrant: number;
  /** Canaries that were read, changed or removed, and answers that held one. */
  readonly touchedOutside: number;
  /** After a quarter of the requests, when everything is loaded and the heap has its size. */
  readonly rssStartMb: number;
  readonly rssEndMb: number;
}

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  say(line: string): void;
}

const atOnce = 32;
const hostileAtATime = 2_000;
const grantedAtATime = 40;
const settledMs = 60_000;

/** Runs to the end whatever it finds; `codes` are all codes and rules of refusals that were seen. */
export async function fuzzAgent({
  requests,
  seed,
  say,
}: FuzzOptions): Promise<{ report: FuzzReport; codes: ReadonlySet<string> }> {
  const random = createRandom(seed);
  const host = await createFuzzedHost((line) => say(`agent: ${line}`));
  const tally = { sent: 0, refused: 0, granted: 0, mistakes: 0, effects: 0, leaks: 0 };
  const codes = new Set<string>();
  let rssStartMb = 0;
  try {
    const document: unknown = await (await fetch(`${host.url}/openapi.json`)).json();
    const grants = createGrantedRequests(host, random);
    const fromDocument = createDocumentRequests(document, random, (name) =>
      knownValues(name, host, grants.grantedIds),
    );

    const exchange = async (request: FuzzRequest): Promise<FuzzAnswer> => {
      const answer = await send(host, request);
      tally.sent += 1;
      if (answer.status >= 400 || answer.status === 0) tally.refused += 1;
      if (answer.body.includes(canaryText)) {
        tally.leaks += 1;
        say(`an answer holds a canary: ${request.method} ${request.path}`);
      }
      for (const [, code = ''] of answer.body.matchAll(/"(?:code|rule)":"([a-z-]+)"/g)) {
        codes.add(code);
        if (code !== 'agent-mistake') continue;
        tally.mistakes += 1;
        say(`the agent made a mistake: ${request.method} ${request.path} ${answer.body.slice(0, 300)}`);
      }
      return answer;
    };
    const hostile = (): FuzzRequest => {
      const roll = random.int(100);
      if (roll < 40) return fromDocument();
      return roll < 65 ? grants.makeForged() : makeHostileRequest(random);
    };

    // The first tokens are on disk before any lower one is tried.
    tally.granted += await grantSome(Math.min(grantedAtATime, requests));
    while (tally.sent < requests) {
      const before = {
        tree: host.snapshot(),
        effects: host.effects().length,
        calls: host.schedulerCalls().length,
      };
      const wanted = Math.min(hostileAtATime, requests - tally.sent);
      await inParallel(wanted, () => exchange(hostile()));
      const after = {
        tree: host.snapshot(),
        effects: host.effects().length,
        calls: host.schedulerCalls().length,
      };
      if (after.tree !== before.tree) {
        tally.effects += 1;
        say('the host has changed, and nothing was granted');
      }
      tally.effects += after.effects - before.effects + (after.calls - before.calls);
      if (rssStartMb === 0 && tally.sent >= requests / 4) rssStartMb = host.rssMb();
      tally.granted += await grantSome(Math.min(grantedAtATime, requests - tally.sent));
    }

    async function grantSome(count: number): Promise<number> {
      let granted = 0;
      const ids: string[] = [];
      const calls = host.schedulerCalls().length;
      let allowedCalls = 0;
      await inParallel(count, async () => {
        const valid = grants.makeValid();
        ids.push(valid.operationId);
        if (valid.kind in schedulerKinds) allowedCalls += 1;
        if ((await exchange(valid.request)).status !== 200) return;
        grants.accept(valid);
        granted += 1;
      });
      await settle(host, ids);
      tally.effects += Math.max(0, host.schedulerCalls().length - calls - allowedCalls);
      return granted;
    }

    // Each operation has each of its effects once, and only operations with a grant have any.
    const seen = new Set<string>();
    const granted = new Set(grants.grantedIds);
    for (const effect of host.effects()) {
      const [operationId = ''] = effect.split(' ');
      if (granted.has(operationId) && !seen.has(effect)) seen.add(effect);
      else {
        tally.effects += 1;
        say(`an effect that nobody granted: ${effect}`);
      }
    }
    return {
      codes,
      report: {
        requests: tally.sent,
        refused: tally.refused,
        granted: tally.granted,
        crashes: host.crashes() + tally.mistakes,
        effectsWithoutGrant: tally.effects,
        touchedOutside: host.touchedOutside() + tally.leaks,
        rssStartMb,
        rssEndMb: host.rssMb(),
      },
    };
  } finally {
    closeConnections();
    await host.dispose();
  }
}

const schedulerKinds = {
  'stage-backup': true,
  'delete-staged-tasks': true,
  'commit-recovery': true,
  'reconcile-explicit': true,
};

/** Values that are right, for the names that the document uses. */
function knownValues(name: string, host: FuzzedHost, ids: readonly string[]): readonly unknown[] {
  switch (name) {
    case 'name':
      return [backupName, linkName];
    case 'sha256':
    case 'paramsSha256':
      return [host.backupSha256];
    case 'restoreId':
      return ['R1', 'R2'];
    case 'operationId':
      return [...ids.slice(-5), 'F.none'];
    case 'kind':
      return operationKinds;
    case 'host':
      return ['aurora-1', 'aurora-2'];
    case 'cluster':
      return ['east'];
    default:
      return [];
  }
}

async function inParallel(count: number, work: () => Promise<unknown>): Promise<void> {
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const answerSchema = z.object({ operation: z.object({ state: z.string() }).nullable() });

/** Waits until nothing that was granted is at work any more. */
async function settle(host: FuzzedHost, ids: readonly string[]): Promise<void> {
  const endsAt = Date.now() + settledMs;
  for (const id of ids) {
    for (;;) {
      const answer = await fetch(`${host.url}/v1/operations/${encodeURIComponent(id)}`).catch(() => null);
      const parsed = answerSchema.safeParse(await answer?.json().catch(() => null));
      if (parsed.success && parsed.data.operation?.state !== 'running') break;
      if (Date.now() > endsAt) throw new Error(`operation ${id} does not come to an end`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

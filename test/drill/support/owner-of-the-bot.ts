/** Somebody who has all that the bot of a drill has, and asks a host to commit on signatures of their choice. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { connectAgent } from '../../../src/agent/client.ts';
import { createGrantSigner } from '../../../src/agent/grant-signer.ts';
import { hashParams } from '../../../src/agent/grants.ts';
import { AuroraError } from '../../../src/aurora/errors.ts';
import {
  type Proof,
  type SignedStatement,
  type Statement,
  sshNamespace,
  statementText,
} from '../../../src/aurora/statement.ts';
import type { GrantedStore } from '../../../src/aurora/store-identity.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import type { DrillWorld } from '../../../src/drill/world/world.ts';

const botFile = z.object({
  grantKey: z.string(),
  agentTls: z.object({ ca: z.string(), cert: z.string(), key: z.string() }),
  clusters: z.tuple([z.object({ hosts: z.array(z.object({ name: z.string(), agent: z.string() })) })]),
});

/** Answers the rule that refused it, as the agent itself tells; `done` when nothing did. */
export async function commitOn(
  world: DrillWorld,
  { host, digest, statements }: { host: string; digest: string; statements: readonly SignedStatement[] },
): Promise<string> {
  const bot = join(world.directory, 'bot');
  const { grantKey, agentTls, clusters } = botFile.parse(
    parseYaml(readFileSync(join(bot, 'bot.yml'), 'utf8')),
  );
  const read = (file: string): string => readFileSync(file, 'utf8');
  const agent = connectAgent({
    host,
    url: clusters[0].hosts.find(({ name }) => name === host)?.agent ?? '',
    deadlineMs: 20_000,
    clock: systemClock,
    tls: { ca: read(agentTls.ca), cert: read(agentTls.cert), key: read(agentTls.key) },
  });
  const { lastGrant, grants } = await agent.readStatus();
  const operationId = `R1.stolen.${randomUUID()}`;
  const now = systemClock.now();
  const grant = createGrantSigner(read(join(bot, grantKey))).sign({
    operationId,
    kind: 'commit-recovery',
    paramsSha256: hashParams({}),
    restoreId: 'R1',
    cluster: 'east',
    step: 'commit',
    host,
    digest,
    fence: lastGrant?.fence ?? 1,
    issuedAt: now,
    expiresAt: now + 60_000,
    signers: ['T0DRILL:U0BO', 'T0DRILL:U0CY'].map((person) => ({ person, gate: 'commit', at: now })),
    ...(grants?.epoch !== undefined && { epoch: grants.epoch }),
    store: storeOf(bot),
  });
  try {
    await agent.perform({
      operationId,
      kind: 'commit-recovery',
      params: {},
      grant: { ...grant, statements },
    });
    return 'done';
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    const refused = (await agent.readStatus()).people?.refused ?? [];
    return refused.find((each) => each.operationId === operationId)?.rule ?? error.message;
  }
}

/** Of the bot that runs: whoever has only its keys is refused by the rule `store` before anybody's signature is looked at. */
function storeOf(bot: string): GrantedStore {
  const database = new DatabaseSync(join(bot, 'state', 'bot.sqlite'), { readOnly: true, timeout: 5_000 });
  try {
    const row = database
      .prepare(
        'select epoch, (select id from incarnations order by rowid desc limit 1) as incarnation from stores',
      )
      .get();
    return z.object({ epoch: z.string(), incarnation: z.string() }).parse(row);
  } finally {
    database.close();
  }
}

/** One of the people of a drill signs, with either of their keys. */
export function signAs(
  world: DrillWorld,
  statement: Statement,
  by: { user: string; with: Proof['format'] },
): Proof {
  const holder = world.keys?.holders.get(by.user);
  if (holder === undefined || world.keys === null) throw new Error(`${by.user} has no key`);
  if (by.with === 'passkey') {
    const { page } = world.keys;
    return holder.passkey.sign(statement, {
      person: holder.id,
      key: 'passkey',
      relyingParty: new URL(page).hostname,
      origin: page,
    });
  }
  const signature = execFileSync(
    'ssh-keygen',
    ['-q', '-Y', 'sign', '-n', sshNamespace, '-f', holder.sshKey ?? ''],
    { input: statementText(statement), encoding: 'utf8' },
  );
  return { format: 'ssh', person: holder.id, key: 'ssh', signature };
}

/**
 * `node test/bench/backups.ts [TASKS]`: how long `/aurora backups` takes over real agents in processes of their own, each with its own
 * directory of 240 backups. Its last line is JSON: `{"firstMs","coldMs","warmMs","warmLeastMs","restartedMs","newFileMs"}`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { backups } from '../../commands/backups.ts';
import type { CommandDeps } from '../../commands/deps.ts';
import { connectAgent } from '../../src/agent/client.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import type { Message } from '../../src/slack/blocks.ts';
import { createTestHost, type TestHost, until } from '../agent/support/test-host.ts';
import { largeBackup } from '../backups/large-backup.ts';
import { eastAccess } from '../slack/support/cluster.ts';
import { fleetOf } from '../slack/support/fleet.ts';

interface BackupsBench {
  readonly hosts: number;
  readonly filesEach: number;
  readonly megabytesEach: number;
  /** Agents that have just been started for the first time: the first answer with a whole backup in it, and all of it. */
  readonly firstMs: number;
  readonly coldMs: number;
  /** Asked again, by a bot that has just started: everything that the hosts have. The median of seven, and the least. */
  readonly warmMs: number;
  readonly warmLeastMs: number;
  /** The same after all agents were started again. */
  readonly restartedMs: number;
  /** From when a new file is there on one host until the answer has it. Files settle for two seconds. */
  readonly newFileMs: number;
}

interface Options {
  readonly hosts?: number;
  readonly filesEach?: number;
  /** In each file. */
  readonly tasks?: number;
}

/** Measures the command itself, from what was typed to what is told; Slack is left out. */
export async function benchBackups({
  hosts = 5,
  filesEach = 240,
  tasks = 400,
}: Options = {}): Promise<BackupsBench> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-backups-'));
  const machines: TestHost[] = [];
  try {
    for (let host = 0; host < hosts; host += 1) machines.push(await createTestHost());
    const bytes = await writeBackups(directory, { machines, filesEach, tasks });
    const cold = await startAgents(machines);
    const firstMs = await timeOf(cold.agents, (message) => message.text.includes('recommended'));
    const coldMs = firstMs + (await timeUntilAllIsRead(cold.agents));
    const warm: number[] = [];
    for (let look = 0; look < 7; look += 1) warm.push(await timeUntilAllIsRead(cold.agents));
    const [warmLeastMs = 0, , , warmMs = 0] = warm.toSorted((a, b) => a - b);
    await cold.stop();
    const again = await startAgents(machines);
    const restartedMs = await timeUntilAllIsRead(again.agents);
    const newFileMs = await timeOfNewFile(again.agents, machines, directory);
    await again.stop();
    const megabytesEach = Math.round(bytes / 1e6);
    return { hosts, filesEach, megabytesEach, firstMs, coldMs, warmMs, warmLeastMs, restartedMs, newFileMs };
  } finally {
    for (const machine of machines) await machine.dispose();
    await rm(directory, { recursive: true });
  }
}

/** Each with other bytes behind the same backup's: another content, and the same work. */
async function writeBackups(
  directory: string,
  { machines, filesEach, tasks }: { machines: readonly TestHost[]; filesEach: number; tasks: number },
): Promise<number> {
  const recorded = await readFile(
    new URL('../fixtures/backups/real/scheduler-backup-2026-11-23-16-38', import.meta.url),
  );
  const one = Buffer.concat([...largeBackup(recorded, tasks)].map((chunk) => Buffer.from(chunk)));
  await mkdir(join(directory, 'all'));
  for (let file = 0; file < filesEach; file += 1) {
    // The time of the snapshot is its first field: another content for each, an hour apart.
    one.writeBigInt64BE(BigInt(Date.now() - file * 3_600_000), 3);
    const path = join(directory, 'all', nameOf(file));
    await writeFile(path, one);
    // One file for all hosts, since disks are small: each agent reads it all the same.
    for (const machine of machines) await link(path, machine.path('backups', nameOf(file)));
  }
  // Files of before, as most are: those that were just written are left alone for two seconds.
  await systemClock.sleep(2_500);
  return one.length;
}

function nameOf(file: number): string {
  const at = new Date(Date.UTC(2026, 9, 30) - file * 3_600_000).toISOString();
  return `scheduler-backup-${at.slice(0, 16).replace(/[T:]/g, '-')}`;
}

const program = fileURLToPath(new URL('../agent/support/agent-process.ts', import.meta.url));

async function startAgents(
  machines: readonly TestHost[],
): Promise<{ agents: HostAgent[]; stop(): Promise<void> }> {
  const started = await Promise.all(
    machines.map(async (machine, index) => {
      const child = spawn(process.execPath, [program, machine.configPath], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const agent = connectAgent({ host: 'aurora-1', url, deadlineMs: 30_000, clock: systemClock });
      return { agent: { ...agent, host: `aurora-${index + 1}` }, child };
    }),
  );
  return {
    agents: started.map(({ agent }) => agent),
    stop: async () => {
      for (const { child } of started) {
        const gone = once(child, 'exit');
        child.kill();
        await gone;
      }
    },
  };
}

/** From the question of a bot that knows nothing yet to the answer that is looked for. */
async function timeOf(agents: readonly HostAgent[], isIt: (message: Message) => boolean): Promise<number> {
  const clusters = new Map([['east', { ...(await eastAccess()), agents }]]);
  const deps = { clusters, clock: systemClock, ...fleetOf(clusters, systemClock) };
  const begun = performance.now();
  const { promise: told, resolve } = Promise.withResolvers<number>();
  const say = (message: Message): Promise<void> => {
    if (isIt(message)) resolve(performance.now() - begun);
    return Promise.resolve();
  };
  const conversation = {
    userId: 'U0ANA',
    channel: 'C0OPS',
    threadTs: null,
    tell: say,
    share: say,
    replace: say,
  };
  // The command asks for no more than `deps` has.
  const ended = backups(deps as unknown as CommandDeps, {
    conversation,
    cluster: 'east',
    flags: new Set(),
  });
  const tookMs = await told;
  await ended;
  return Math.round(tookMs);
}

/** The whole list, without what each would cost: that is another question, to Mesos. */
async function timeUntilAllIsRead(agents: readonly HostAgent[]): Promise<number> {
  const clusters = new Map([['east', { ...(await eastAccess()), agents }]]);
  const picture = fleetOf(clusters, systemClock).fleet.of('east');
  const begun = performance.now();
  const { unread, silent } = await picture.lookThrough(600_000);
  if (unread.length + silent.length > 0) throw new Error('not all was read');
  return Math.round(performance.now() - begun);
}

async function timeOfNewFile(
  agents: readonly HostAgent[],
  [machine]: readonly TestHost[],
  directory: string,
): Promise<number> {
  const name = 'scheduler-backup-2026-11-30-12-00';
  const begun = performance.now();
  if (machine !== undefined) await copyFile(join(directory, 'all', nameOf(0)), machine.path('backups', name));
  await until(
    async () => (await agents[0]?.listKnownBackups())?.files.some((file) => file.name === name) ?? false,
    'the new file is known',
  );
  return Math.round(performance.now() - begun);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tasks = Number(process.argv[2] ?? 400);
  if (!Number.isInteger(tasks) || tasks < 1) {
    process.stderr.write('usage: test/bench/backups.ts [TASKS]: a whole number of tasks in each backup\n');
    process.exit(2);
  }
  const { hosts, filesEach, megabytesEach, ...times } = await benchBackups({ tasks });
  process.stdout.write(
    `/aurora backups of ${hosts} hosts with ${filesEach} backups of ${megabytesEach} MB each:\n${JSON.stringify(times)}\n`,
  );
}

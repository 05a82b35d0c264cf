/** The two plain pages of the scheduler that tell how it is (aurora.md 9). Bounded; silence is an answer. */
import { request } from 'node:http';
import { z } from 'zod';
import type { HostStatus } from '../aurora/hosts.ts';

interface PageAddress {
  readonly host: string;
  readonly port: number;
}

const answerMs = 3_000;
const pageBytesMax = 8 * 1024 * 1024;

/**
 * The counters a restore looks at. `/vars.json` also holds the environment and the command line, secrets included
 * (aurora.md 13): nothing but these names leaves the host.
 */
const varNames = [
  /^scheduler_lifecycle_[A-Z_]+$/,
  /^task_store_[A-Z_]+$/,
  /^framework_registered$/,
  /^jvm_uptime_secs$/,
  /^reconciliation_(explicit|implicit)_runs$/,
  /^scheduler_backup_(success|failed)$/,
  /^scheduler_log_(snapshots|un_snapshotted_transactions|entries_read|entries_written|bytes_read|bytes_written)$/,
  /^scheduler_storage_(prepare|start|recover)_events$/,
  /^(slaves_lost|timed_out_tasks|task_kill_retries|scheduler_illegal_task_state_transitions)$/,
];

const varsSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]));

/** `null` when the scheduler does not answer, or with something else. */
export async function readVars(address: PageAddress): Promise<HostStatus['vars']> {
  const vars = await fetchVars(address);
  if (vars === null) return null;
  return Object.fromEntries(
    Object.entries(vars).flatMap(([name, value]) =>
      (typeof value === 'number' || typeof value === 'string') && varNames.some((known) => known.test(name))
        ? [[name, value] as const]
        : [],
    ),
  );
}

/** Class and arguments of its Java process, joined with blanks and with every secret; `null` when it does not tell. */
export async function readJavaCommand(address: PageAddress): Promise<string | null> {
  const command = (await fetchVars(address))?.['jvm_prop_sun.java.command'];
  return typeof command === 'string' ? command : null;
}

async function fetchVars(address: PageAddress): Promise<z.infer<typeof varsSchema> | null> {
  const page = await fetchPage(address, '/vars.json');
  if (page?.status !== 200) return null;
  const parsed = varsSchema.safeParse(parseJson(page.body));
  return parsed.success ? parsed.data : null;
}

/** 200 leads, 503 another leads, 502 nobody does; `null` when the scheduler does not answer. */
export async function readLeaderHealth(address: PageAddress): Promise<number | null> {
  return (await fetchPage(address, '/leaderhealth'))?.status ?? null;
}

function fetchPage(
  { host, port }: PageAddress,
  path: string,
): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const call = request({ host, port, path, agent: false, timeout: answerMs }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > pageBytesMax) call.destroy();
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('close', () => resolve(null));
    });
    const deadline = setTimeout(() => call.destroy(), answerMs);
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(null));
    call.on('close', () => {
      clearTimeout(deadline);
      resolve(null);
    });
    call.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

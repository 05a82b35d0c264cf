/** Starts and kills agent processes, and talks to them with the real client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connectAgent } from '../../../src/agent/client.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import type { OperationKind } from '../../../src/aurora/operations.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { type TestHost, until } from './test-host.ts';

export interface AgentProcess {
  readonly client: HostAgent;
  readonly url: string;
  /** Resolves when the operation has come to the place where it waits. */
  held(): Promise<void>;
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('agent-process.ts', import.meta.url));

/** With `hold`, that kind of operation never comes back from before, or after, its effect. */
export async function startAgentProcess(
  host: TestHost,
  hold?: { kind: OperationKind; when: 'before' | 'after' },
): Promise<AgentProcess> {
  const marker = host.path(`held-${hold?.when ?? ''}`);
  const args = hold === undefined ? [] : [hold.kind, hold.when, marker];
  const child = spawn(process.execPath, [program, host.configPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstLine(child);
  return {
    url,
    client: connectAgent({ host: 'aurora-1', url, deadlineMs: 20_000, clock: systemClock }),
    held: () => until(() => existsSync(marker), 'the operation comes to its hold'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the agent process ended before it listened');
}

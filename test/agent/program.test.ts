import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readAudit } from './support/audit-lines.ts';
import { createTestHost, freePort, type TestHost } from './support/test-host.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let host: TestHost;
beforeEach(async () => {
  host = await createTestHost();
});
afterEach(() => host.dispose());

test.each([['agent', 'run'], ['agent']])('%s %s serves until SIGTERM and ends with 0', async (...words) => {
  const child = spawn(process.execPath, [main, ...words.filter(Boolean), '--config', host.configPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const logged: string[] = [];
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    logged.push(line);
    const entry = JSON.parse(line) as { msg: string; url?: string };
    if (entry.msg !== 'agent listens') continue;
    url = entry.url ?? '';
    break;
  }

  const health = await (await fetch(`${url}/healthz`)).json();
  child.kill('SIGTERM');

  expect(health).toEqual({ ok: true });
  expect(await ended).toEqual([0, null]);
  expect(logged.every((line) => line.startsWith('{'))).toBe(true);
});

test('health and metrics have an address of their own, and the audit log does not know of them', async () => {
  const port = await freePort();
  await appendFile(
    host.configPath,
    stringify({ metrics: { listen: `127.0.0.1:${port}` }, log: { level: 'error' } }),
  );
  const child = spawn(process.execPath, [main, 'agent', '--config', host.configPath], {
    env: { ...process.env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const levels: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg: string; level: number };
    levels.push(entry.level);
    if (entry.msg === 'agent listens') break;
  }
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

  const health = await ask('/healthz');
  const metrics = await ask('/metrics');
  const audited = await readAudit(host.path('state'));
  child.kill('SIGTERM');

  expect(health).toBe('{"ok":true}\n');
  expect(metrics).toContain('aurora_chatops_agent_host{host="aurora-1",cluster="east"} 1');
  expect(metrics).toMatch(/^aurora_chatops_info\{program="agent",version="[\d.]+"\} 1$/m);
  expect(audited.filter(({ request }) => request !== undefined)).toEqual([]);
  // The variable goes before the configuration.
  expect(levels).toContain(30);
  expect(await ended).toEqual([0, null]);
});

test('a wrong configuration names everything that is wrong, and exit 1', async () => {
  await writeFile(host.configPath, 'host: aurora-1\ncluster: east\nlisten: 0.0.0.0:1\n');
  const child = spawn(process.execPath, [main, 'agent', '--config', host.configPath], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const said = await child.stderr.setEncoding('utf8').toArray();

  expect(await ended).toEqual([1, null]);
  expect(said.join('')).toMatch(
    /^The configuration .*agent\.yaml is not valid:\n {2}- auroraVersion: it is missing\n {2}- trust: it is missing\n/,
  );
  expect(said.join('')).not.toContain('at parse');
});

test.each([
  ['nothing is blocked', null],
  ['an earlier version has blocked, and its agent does the rest', 'R1.block-traffic.aurora-1\n'],
])('block-again ends well and changes nothing where %s', async (_what, marker) => {
  await mkdir(host.path('state'));
  if (marker !== null) await writeFile(host.path('state', 'traffic-blocked'), marker);
  const child = spawn(process.execPath, [main, 'agent', 'block-again', host.path('state')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');

  expect(await child.stderr.setEncoding('utf8').toArray()).toEqual([]);
  expect(await ended).toEqual([0, null]);
});

/** What the units of the agent say, against the versions of systemd that know it (docs/agent.md, "Old hosts"). */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
/** Debian 8's. */
const oldest = 215;

async function readKnownSince(): Promise<ReadonlyMap<string, number>> {
  const page = await read('docs/agent.md');
  const table = /<!-- directives -->(.*)<!-- end of directives -->/s.exec(page)?.[1] ?? '';
  const rows = [...table.matchAll(/^\| (.*) \| (\d+) \|$/gm)];
  return new Map(
    rows.flatMap(([, names = '', since]) =>
      // What is said of a directive in parentheses is another one, or a value.
      [...names.replace(/\(.*?\)/g, '').matchAll(/`(\w+)`/g)].map(
        ([, name = '']) => [name, Number(since)] as const,
      ),
    ),
  );
}

async function readDirectives(unit: string): Promise<readonly (readonly [string, string])[]> {
  const lines = (await read(`packaging/${unit}`)).split('\n').filter((line) => /^[A-Z]/.test(line));
  return lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

test('the unit for old systemd says nothing that Debian 8 does not know', async () => {
  const since = await readKnownSince();

  const directives = await readDirectives('aurora-chatops-agent.old-systemd.service');

  expect(directives.length).toBeGreaterThan(20);
  for (const [name] of directives) expect(since.get(name), name).toBeLessThanOrEqual(oldest);
});

test('nor a value: no strict, no group of system calls, no specifier of a directory, no prefix but "-"', async () => {
  const directives = new Map(await readDirectives('aurora-chatops-agent.old-systemd.service'));

  expect(directives.get('ProtectSystem')).toBe('full');
  expect([...directives.values()].filter((value) => /@|%|^[+!]/.test(value))).toEqual([]);
  expect(directives.has('SystemCallFilter')).toBe(false);
});

test('each directive of the unit for systemd 239 has its version in the table', async () => {
  const since = await readKnownSince();

  const unknown = (await readDirectives('aurora-chatops-agent.service')).filter(([name]) => !since.has(name));

  expect(unknown).toEqual([]);
});

test('both units start the same, and take the same away where both know how', async () => {
  const now = new Map(await readDirectives('aurora-chatops-agent.service'));
  const old = new Map(await readDirectives('aurora-chatops-agent.old-systemd.service'));
  const differing = [...old].filter(([name, value]) => now.get(name) !== value).map(([name]) => name);

  // Said of each in the unit itself.
  expect(differing).toEqual(
    expect.arrayContaining(['ExecStartPre', 'StartLimitInterval', 'ProtectSystem', 'CapabilityBoundingSet']),
  );
  expect(differing).toHaveLength(5);
  const capabilities = (unit: Map<string, string>) => new Set(unit.get('CapabilityBoundingSet')?.split(' '));
  expect([...capabilities(old).difference(capabilities(now))]).toEqual(['CAP_NET_RAW']);
  expect([...capabilities(now).difference(capabilities(old))]).toEqual([]);
});

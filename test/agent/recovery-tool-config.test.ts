import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type AgentConfig, parseAgentConfig } from '../../src/agent/config.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await createTestHost();
});
afterEach(() => host.dispose());

/** The host's configuration with another argument vector for the tool. */
async function withArgv(argv: readonly string[]): Promise<AgentConfig> {
  const config = parse(await readFile(host.configPath, 'utf8')) as {
    drivers: { recoveryTool: { argv: readonly string[] } };
  };
  config.drivers.recoveryTool.argv = argv;
  return parseAgentConfig(stringify(config), 'agent.yaml');
}

test('the tool is handed the backup, and the flags as arguments of their own', async () => {
  const config = await withArgv(['/usr/bin/recovery-tool', '-backup={backup}', '{flags}']);

  expect(config.drivers.recoveryTool?.env).toEqual({});
  expect(config.bounds.recoveryToolMs).toBe(600_000);
});

test.each([
  ['no backup', ['/usr/bin/recovery-tool', '{flags}'], '{backup}'],
  ['no flags', ['/usr/bin/recovery-tool', '-backup={backup}'], '{flags}'],
  ['flags inside another argument', ['/usr/bin/recovery-tool', '-backup={backup}', '-x={flags}'], '{flags}'],
  [
    'an unknown placeholder',
    ['/usr/bin/recovery-tool', '-backup={backup}', '{flags}', '{log}'],
    'knows only',
  ],
])('%s is refused when the agent starts', async (_what, argv, sentence) => {
  await expect(withArgv(argv)).rejects.toThrow(sentence);
});

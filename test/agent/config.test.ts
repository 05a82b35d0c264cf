import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadAgentConfig, parseAgentConfig } from '../../src/agent/config.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

describe('parseAgentConfig()', () => {
  let host: TestHost;
  let text: string;
  beforeAll(async () => {
    host = await createTestHost();
    text = await readFile(host.configPath, 'utf8');
  });
  afterAll(() => host.dispose());

  const changed = (change: (config: Record<string, Record<string, unknown>>) => void): string => {
    const config = parse(text) as Record<string, Record<string, unknown>>;
    change(config);
    return stringify(config);
  };

  test('fills in the bounds that are not given', () => {
    const config = parseAgentConfig(
      changed((c) => {
        delete c['bounds'];
      }),
      'agent.yaml',
    );

    expect(config.bounds.commandMs).toBe(60_000);
  });

  test.each<[string, RegExp, (config: Record<string, Record<string, unknown>>) => void]>([
    [
      'an unknown key',
      /agent\.yaml is not valid: line \d+, colour: there is no such key\.$/,
      (c) => {
        c['colour'] = {};
      },
    ],
    [
      'a missing path',
      /: line \d+, paths\.log: it is missing\./,
      (c) => {
        delete c['paths']?.['log'];
      },
    ],
    [
      'people who must sign and no roster',
      /line \d+, people: mode require needs a roster/,
      (c) => {
        c['people'] = { mode: 'require' };
      },
    ],
    [
      'a mode that there is not',
      /line \d+, people\.mode/,
      (c) => {
        c['people'] = { mode: 'on', roster: '/etc/people.yaml' };
      },
    ],
    [
      'a relative path',
      /line \d+, paths\.state: must be an absolute path/,
      (c) => {
        if (c['paths']) c['paths']['state'] = 'state';
      },
    ],
    [
      'a shell line',
      /line \d+, drivers\.service/,
      (c) => {
        if (c['drivers']) c['drivers']['service'] = { kind: 'command', start: 'systemctl start aurora' };
      },
    ],
    [
      "a chain that is the kernel's own",
      /drivers\.traffic\.chain: must not be a chain of the kernel/,
      (c) => {
        if (c['drivers']) c['drivers']['traffic'] = { kind: 'iptables', chain: 'INPUT' };
      },
    ],
    [
      'a chain that is more than a name',
      /drivers\.traffic\.chain: must be the name of a chain/,
      (c) => {
        if (c['drivers']) c['drivers']['traffic'] = { kind: 'iptables', chain: 'A -j ACCEPT' };
      },
    ],
    [
      'a placeholder that nobody fills',
      /line \d+, drivers\.initializeLog\.argv: knows only \{path\}/,
      (c) => {
        if (c['drivers']) c['drivers']['initializeLog'] = { kind: 'command', argv: ['x', '--path={paht}'] };
      },
    ],
    [
      'an address that others can reach',
      /0\.0\.0\.0 is not a loopback address/,
      (c) => {
        Object.assign(c, { listen: '0.0.0.0:8082' });
      },
    ],
    [
      'a name instead of an address',
      /localhost is not a loopback address/,
      (c) => {
        Object.assign(c, { listen: 'localhost:8082' });
      },
    ],
    [
      'metrics at an address that others can reach',
      /metrics\.listen: 10\.0\.0\.1 is not a loopback address/,
      (c) => {
        Object.assign(c, { metrics: { listen: '10.0.0.1:9465' } });
      },
    ],
  ])('refuses %s with one sentence that names the key', (_what, message, change) => {
    expect(() => parseAgentConfig(changed(change), 'agent.yaml')).toThrow(message);
  });

  test.each(['%s//db', '%s/./db', '%s/db/', '%s/db/../db', '%s/db/.'])(
    'writes paths.log given as %s in one form',
    (written) => {
      const config = parseAgentConfig(
        changed((c) => {
          if (c['paths']) c['paths']['log'] = written.replace('%s', host.dir);
        }),
        'agent.yaml',
      );

      expect(config.paths.log).toBe(host.path('db'));
    },
  );

  test.each<[string, string, string, RegExp]>([
    [
      'the same directory, written in another way',
      'backups',
      '/db/',
      /paths\.log and paths\.backups are both/,
    ],
    ['backups inside the log', 'backups', '/db/backups', /paths\.backups .* lies in paths\.log/],
    ['a state inside the log', 'state', '/./db/state', /paths\.state .* lies in paths\.log/],
    ['flags among the backups', 'flags', '/backups/flags', /paths\.flags .* lies in paths\.backups/],
    ['a log inside the state', 'state', '/', /paths\.log .* lies in paths\.state/],
  ])('refuses %s', (_what, key, place, message) => {
    const text = changed((c) => {
      if (c['paths']) c['paths'][key] = `${host.dir}${place}`;
    });

    expect(() => parseAgentConfig(text, 'agent.yaml')).toThrow(message);
  });

  test('names everything that is wrong at once', () => {
    const text = changed((c) => {
      delete c['paths']?.['log'];
      c['clutser'] = {};
    });

    expect(() => parseAgentConfig(text, 'agent.yaml')).toThrow(
      /paths\.log: it is missing\n.*clutser: there is no such key; did you mean cluster\?/,
    );
  });

  test('refuses what is not YAML', () => {
    expect(() => parseAgentConfig('a: [', 'agent.yaml')).toThrow(
      /agent\.yaml is not valid: line 1: Flow sequence/,
    );
  });

  test('takes the example of docs/agent.md', async () => {
    const page = await readFile(new URL('../../docs/agent.md', import.meta.url), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';

    expect(parseAgentConfig(example, 'the example')).toMatchObject({ host: 'aurora-1', cluster: 'east' });
  });

  test('loadAgentConfig() says which file cannot be read', async () => {
    await expect(loadAgentConfig(host.path('none.yaml'))).rejects.toMatchObject({ code: 'config-missing' });
  });
});

/** What every driver promises that blocks traffic by rules of the kernel: nftables, and iptables in both its kinds. Root only. */
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockTrafficAgain } from '../../../src/agent/block-again.ts';
import { createIptables } from '../../../src/agent/drivers/iptables.ts';
import { createNftables } from '../../../src/agent/drivers/nftables.ts';
import type { TrafficDriver } from '../../../src/agent/drivers/traffic-driver.ts';
import { trafficMarker } from '../../../src/agent/drivers/traffic-marker.ts';
import { createPacketHost, type PacketHost } from '../support/packet-host.ts';

let host: PacketHost;
beforeAll(async () => {
  host = await createPacketHost();
});
afterAll(() => host.dispose());

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'aurora-traffic-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

const effect = { operationId: 'R1.stop.1' };
const parts = () => ({ port: 8081, commandMs: 30_000, marker: trafficMarker(state) });
const reachAll = () => Promise.all([host.address, host.address6].map((address) => host.reach(address, 8081)));
const blocked = ['ECONNREFUSED', 'ECONNREFUSED'];
const open = ['connected', 'connected'];

interface Kind {
  driver(programs?: string): TrafficDriver;
  /** Somebody else's rules, which are not ours to touch; and all rules that are there, as text. */
  addOthers(): Promise<unknown>;
  dump(): Promise<string>;
  flush(): Promise<unknown>;
  /** Takes a part of what blocks away. */
  spoil(): Promise<unknown>;
}

const nftables: Kind = {
  driver: () => createNftables({ kind: 'nftables', table: 'ours', nft: join(host.programs, 'nft') }, parts()),
  addOthers: () =>
    host.ask(
      'nft',
      'add table inet others { chain input { type filter hook input priority 0; tcp dport 22 accept; }; }',
    ),
  dump: () => host.ask('nft', 'list', 'ruleset'),
  flush: () => host.ask('nft', 'flush', 'ruleset'),
  spoil: () => host.ask('nft', 'flush', 'table', 'inet', 'ours'),
};

const iptables = (program: 'iptables-legacy' | 'iptables-nft'): Kind => {
  const both = [program, program.replace('ip', 'ip6')];
  const each = async (...argv: string[]): Promise<void> => {
    for (const name of both) await host.ask(name, ...argv);
  };
  return {
    driver: (programs = host.programs) =>
      createIptables({ kind: 'iptables', chain: 'OURS', program, directory: programs, ipv6: true }, parts()),
    addOthers: async () => {
      await each('-N', 'OTHERS');
      await each('-A', 'OTHERS', '-p', 'tcp', '--dport', '8081', '-j', 'ACCEPT');
      await each('-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'ACCEPT');
      await each('-A', 'INPUT', '-j', 'OTHERS');
    },
    dump: async () => {
      const texts = await Promise.all(both.map((name) => host.ask(`${name}-save`, '-t', 'filter')));
      return texts.join('').replace(/^#.*\n|\[\d+:\d+\]/gm, '');
    },
    flush: async () => {
      await each('-F');
      await each('-X');
    },
    spoil: () => host.ask(both[1] ?? '', '-D', 'INPUT', '-j', 'OURS'),
  };
};

const kinds: readonly [string, Kind][] = [
  ['nftables', nftables],
  ['iptables-legacy', iptables('iptables-legacy')],
  ['iptables-nft', iptables('iptables-nft')],
];

describe.each(kinds)('%s', (_name, kind) => {
  let driver: TrafficDriver;
  beforeEach(() => {
    driver = kind.driver();
  });
  afterEach(() => kind.flush());

  test('refuses clients of other hosts, over IPv4 and IPv6, and no others', async () => {
    await kind.addOthers();
    const before = await reachAll();

    await driver.block(effect);

    expect(before).toEqual(open);
    expect(await reachAll()).toEqual(blocked);
    expect(await driver.status()).toEqual({ state: 'blocked', settled: true });
    expect(await host.reach(host.address, 8083)).toBe('connected');
    expect(await host.reach(host.address6, 8083)).toBe('connected');
    for (const address of ['127.0.0.1', '::1', host.address]) {
      expect(await host.run('bash', '-c', `exec 3<>/dev/tcp/${address}/8081`)).toMatchObject({ exitCode: 0 });
    }
  });

  test('ends connections that stand already', async () => {
    const socket = await host.connect(8081);
    await driver.block(effect);

    const ended = once(socket, 'error');
    socket.write('GET / HTTP/1.1\r\n\r\n');

    expect(await ended).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  test('takes its own rules away, and leaves those of others as they were', async () => {
    await kind.addOthers();
    const before = await kind.dump();
    await driver.block(effect);
    const meanwhile = await kind.dump();
    await driver.block(effect);
    const twice = await kind.dump();

    await driver.unblock(effect);
    await driver.unblock(effect);

    expect(meanwhile).not.toBe(before);
    expect(twice).toBe(meanwhile);
    expect(await kind.dump()).toBe(before);
    expect(await reachAll()).toEqual(open);
    expect(await driver.status()).toEqual({ state: 'open', settled: true });
  });

  test('puts right what somebody has changed', async () => {
    await driver.block(effect);
    await kind.spoil();
    const spoilt = await driver.status();

    await driver.block(effect);

    expect(spoilt).toEqual({ state: 'open', settled: false });
    expect(await reachAll()).toEqual(blocked);
    expect(await driver.status()).toEqual({ state: 'blocked', settled: true });
  });

  test('opens what was blocked in part', async () => {
    await kind.addOthers();
    const before = await kind.dump();
    await driver.block(effect);
    await kind.spoil();

    await driver.unblock(effect);

    expect(await kind.dump()).toBe(before);
    expect(await driver.status()).toEqual({ state: 'open', settled: true });
  });

  test('blocks again what somebody has flushed, and tells it once', async () => {
    await driver.block(effect);
    await kind.flush();
    const flushed = [await reachAll(), await driver.status()];

    await driver.blockAgain();

    expect(flushed).toEqual([open, { state: 'open', settled: false }]);
    expect(await reachAll()).toEqual(blocked);
    expect([await driver.takeBlockedAgain(), await driver.takeBlockedAgain()]).toEqual([true, false]);
  });

  test('blocks again after a boot by the state directory alone, and only what was blocked', async () => {
    await driver.block(effect);
    await kind.flush();
    await blockTrafficAgain(state);
    const booted = await reachAll();
    await driver.unblock(effect);

    await blockTrafficAgain(state);

    expect(booted).toEqual(blocked);
    expect(await reachAll()).toEqual(open);
  });
});

describe.each(['iptables-legacy', 'iptables-nft'] as const)('%s alone', (program) => {
  const kind = iptables(program);
  afterEach(() => kind.flush());
  const nameOf = (family: 4 | 6): string => (family === 4 ? program : program.replace('ip', 'ip6'));
  /** The programs of the host, with one that does this before, or instead of, what it is asked for. */
  const withProgram = async (name: string, body: string): Promise<string> => {
    const directory = await mkdtemp(join(state, 'programs-'));
    for (const family of [4, 6] as const) {
      for (const what of ['save', 'restore']) {
        const each = `${nameOf(family)}-${what}`;
        const whole = host.inside(`/usr/sbin/${each}`);
        const text = each === name ? body.replaceAll('WHOLE', whole) : `exec ${whole}`;
        await writeFile(join(directory, each), `#!/bin/sh\n${text}\n`);
        await chmod(join(directory, each), 0o755);
      }
    }
    return directory;
  };

  test('a rule that somebody puts before ours counts as open, and ours becomes the first again', async () => {
    const driver = kind.driver();
    await driver.block(effect);
    await host.ask(program, '-I', 'INPUT', '-p', 'tcp', '--dport', '8081', '-j', 'ACCEPT');
    const letIn = [await host.reach(host.address, 8081), (await driver.status()).state];

    await driver.blockAgain();

    expect(letIn).toEqual(['connected', 'open']);
    expect(await reachAll()).toEqual(blocked);
    const rules = (await host.ask(program, '-S', 'INPUT')).trim().split('\n').slice(1);
    expect(rules).toEqual(['-A INPUT -j OURS', '-A INPUT -p tcp -m tcp --dport 8081 -j ACCEPT']);
  });

  test.each([
    ['before the second family', `case "$*" in *noflush*) exit 1;; *) WHOLE;; esac`, false],
    ['after the second family', `WHOLE; case "$*" in *noflush*) exit 1;; esac`, true],
  ])('that fails %s has not blocked, and says so; asked again it has', async (_when, body, second) => {
    const failing = kind.driver(await withProgram(`${nameOf(6)}-restore`, body));
    const driver = kind.driver();

    const block = failing.block(effect);

    // What the second family has by now is seen by the next look: nothing is left to be done.
    if (second) await block;
    else await expect(block).rejects.toMatchObject({ code: 'command-failed' });
    expect((await driver.status()).settled).toBe(second);
    await driver.block(effect);
    expect(await driver.status()).toEqual({ state: 'blocked', settled: true });
    expect(await reachAll()).toEqual(blocked);
  });

  test('looks again when somebody else changes the rules at the same moment', async () => {
    const driver = kind.driver();
    await driver.block(effect);
    const remove = host.inside(`/usr/sbin/${program}`).replace('"$@"', '-D INPUT -j OURS');
    const once = `case "$*" in *noflush*) [ -e ${state}/done ] || { : >${state}/done; ${remove}; };; esac`;
    const racing = kind.driver(await withProgram(`${program}-restore`, `${once}\nexec WHOLE`));

    await racing.unblock(effect);

    expect(await driver.status()).toEqual({ state: 'open', settled: true });
    expect(await kind.dump()).not.toContain('OURS');
  });

  test("a chain that somebody else's rule leads to is emptied, and stays", async () => {
    const driver = kind.driver();
    await driver.block(effect);
    await host.ask(program, '-A', 'FORWARD', '-j', 'OURS');

    await driver.unblock(effect);

    expect(await driver.status()).toEqual({ state: 'open', settled: true });
    expect(await host.ask(program, '-S')).toMatch(/-N OURS\n-A FORWARD -j OURS\n$/);
  });

  test.each([
    ['fails', 'echo "can\'t initialize iptables table" >&2; exit 3', 'command-failed'],
    ['is cut short', "echo '*filter'", 'traffic-unclear'],
  ])('a look that %s is no answer', async (_what, body, code) => {
    const driver = kind.driver(await withProgram(`${program}-save`, body));

    await expect(driver.status()).rejects.toMatchObject({ code });
  });

  test('a table of thousands of rules is read to its end', async () => {
    const many = Array.from({ length: 4_000 }, (_, at) => `-A INPUT -s 10.0.${at >> 8}.${at & 255} -j DROP`);
    await writeFile(join(state, 'many'), `${['*filter', ...many, 'COMMIT'].join('\n')}\n`);
    await host.ask(`${program}-restore`, '--noflush', join(state, 'many'));
    const driver = kind.driver();
    await driver.block(effect);
    await driver.unblock(effect);

    const last = await host.run(program, '-C', 'INPUT', '-s', '10.0.15.159', '-j', 'DROP');

    expect(await driver.status()).toEqual({ state: 'open', settled: true });
    expect(last.exitCode).toBe(0);
  });
});

import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../../../src/pretend-aurora/zookeeper/server.ts';
import { bounds } from './servers.ts';

let server: ZooKeeperServer;
beforeAll(async () => {
  server = await startZooKeeperServer({ host: '127.0.0.1', port: 0, clock: systemClock, ...bounds });
});
afterAll(() => server.close());

test("the drill's server takes Apache's own command line client", async () => {
  const output = await zkCli([
    'create /drill hello',
    'create -e -s /drill/member_ {"status":"ALIVE"}',
    'ls /drill',
    'get -s /drill/member_0000000000',
    'set /drill changed',
    'get /drill',
    'sync /drill',
    'delete /drill',
    'getAcl /drill',
    'quit',
  ]);

  expect(output).toContain('Created /drill/member_0000000000');
  expect(output).toContain('[member_0000000000]');
  expect(output).toMatch(/ephemeralOwner = 0x[1-9a-f]/);
  expect(output).toContain('changed');
  expect(output).toContain('Sync is OK');
  expect(output).toContain('Node not empty: /drill');
  expect(output).toContain("'world,'anyone");
  expect(server.list('/drill')).toEqual([]); // `quit` closed the session
});

/** Runs commands in ZooKeeperMain and resolves with everything it printed. */
function zkCli(commands: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('java', [
      '-XX:TieredStopAtLevel=1',
      '-cp',
      '/usr/share/java/zookeeper.jar',
      'org.apache.zookeeper.ZooKeeperMain',
      '-server',
      `127.0.0.1:${server.port}`,
    ]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve(output));
    child.stdin.end(`${commands.join('\n')}\n`);
  });
}

/** What is found out of Aurora's own files and of a ZooKeeper that runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { lookAround } from '../../src/setup/look.ts';
import { readClustersJson, readFlagsFile, readZooKeeperPath } from '../../src/setup/sources.ts';
import { type RealZooKeeper, startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient, type TestClient } from '../support/zookeeper-client.ts';
import { layOut } from '../zookeeper/layout.ts';

const debian = `GLOG_v=0
LIBPROCESS_PORT=8083
AURORA_HOME=/var/lib/aurora
CLUSTER_NAME="east"
HTTP_PORT=8082
QUORUM_SIZE=2
ZK_ENDPOINTS=127.0.0.1:2181,127.0.0.2:2181
MESOS_MASTER=zk://\${ZK_ENDPOINTS}/mesos
ZK_SERVERSET_PATH=/scheduler
ZK_LOGDB_PATH=/aurora/replicated-log
LOGDB_FILE_PATH=\${AURORA_HOME}/scheduler/db
BACKUP_DIR=\${AURORA_HOME}/scheduler/backups
EXTRA_SCHEDULER_ARGS="-zk_chroot_path=/aurora -ip=10.0.0.1 -framework_name=East"
`;

describe('the flags of a scheduler', () => {
  it('in shell variables tell where everything is', () => {
    const { answers, mesosZooKeeper, notes, bindsToIp } = readFlagsFile(debian);

    expect(answers).toMatchObject({
      cluster: 'east',
      zookeeper: ['127.0.0.1:2181', '127.0.0.2:2181'],
      serversetPath: '/aurora/scheduler',
      logGroupPath: '/aurora/replicated-log',
      log: '/var/lib/aurora/scheduler/db',
      backups: '/var/lib/aurora/scheduler/backups',
      httpPort: 8082,
      flagsKind: 'shell-variables',
    });
    expect(mesosZooKeeper).toEqual({ servers: ['127.0.0.1:2181', '127.0.0.2:2181'], path: '/mesos' });
    expect(bindsToIp).toBe(true);
    expect(notes).toContain('The framework is called East.');
  });

  it.each([
    ['bash-array', "AURORA_FLAGS=(\n  -cluster_name='west'\n  -backup_dir=/b\n)\n"],
    ['flag-file', '-cluster_name=west\n-backup_dir=/b\n'],
    [
      'systemd-drop-in',
      '[Service]\nExecStart=\nExecStart=/usr/bin/aurora-scheduler -cluster_name=west -backup_dir=/b\n',
    ],
  ])('are recognised as %s', (flagsKind, text) => {
    expect(readFlagsFile(text).answers).toMatchObject({ cluster: 'west', backups: '/b', flagsKind });
  });

  it.each(['', 'rm -rf /\n', '{"a": 1}', '\0'])('that are none (%j) are refused', (text) => {
    expect(() => readFlagsFile(text)).toThrow(/none of the ways that are known/);
  });
});

describe('clusters.json', () => {
  const two = JSON.stringify([
    { name: 'east', zk: 'zk1,zk2', zk_port: 2182, scheduler_zk_path: '/aurora/east' },
    { name: 'west', scheduler_uri: 'http://w:8081' },
  ]);

  it('names ZooKeeper and the path of a cluster, in both of its forms', () => {
    const wanted = { cluster: 'east', zookeeper: ['zk1:2182', 'zk2:2182'], serversetPath: '/aurora/east' };

    expect(readClustersJson(two, 'east').answers).toEqual(wanted);
    expect(readClustersJson(JSON.stringify({ a: JSON.parse(two)[0] }), undefined).answers).toEqual(wanted);
  });

  it.each([
    [two, undefined, /several clusters: east, west/],
    [two, 'north', /no cluster north; it has east, west/],
    ['[', undefined, /not JSON/],
    ['null', undefined, /no cluster at all/],
    ['[1,{"name":2}]', undefined, /no cluster at all/],
  ])('%j asked for %j is refused', (text, cluster, message) => {
    expect(() => readClustersJson(text, cluster)).toThrow(message);
  });
});

it('a ZooKeeper path has servers and a path', () => {
  expect(readZooKeeperPath('zk1,zk2:2182/aurora/scheduler').answers).toEqual({
    zookeeper: ['zk1:2181', 'zk2:2182'],
    serversetPath: '/aurora/scheduler',
  });
});

describe('a ZooKeeper that runs', () => {
  let server: RealZooKeeper;
  let schedulers: TestClient;
  const clock = systemClock;
  const names: Record<string, string> = {
    'aurora-1.example.org': '10.0.0.1',
    'aurora-2.example.org': '10.0.0.2',
  };
  const resolve = async (name: string) => (names[name] === undefined ? [] : [names[name]]);

  beforeAll(async () => {
    server = await startRealZooKeeper();
    schedulers = await connectClient(server);
    await layOut(schedulers, '/aurora/scheduler', {
      '_c_00000000-0000-0000-0000-000000000001-lock-0000000001': 'aurora-1.example.org',
      '_c_00000000-0000-0000-0000-000000000002-lock-0000000002': 'aurora-2.example.org',
    });
    await layOut(schedulers, '/aurora/other', { '0000000001': 'something else' });
    await layOut(schedulers, '/aurora/the-log', {
      '0000000001': 'log-replica(1)@10.0.0.1:8083',
      '0000000002': 'log-replica(1)@10.0.0.2:8083',
      '0000000003': 'log-replica(1)@10.0.0.3:8083',
    });
    await layOut(schedulers, '/mesos', {
      'json.info_0000000001': '{"address":{"hostname":"mesos1","ip":"10.0.1.1","port":5050}}',
      'json.info_0000000002': 'not JSON',
    });
  });
  afterAll(async () => {
    await schedulers.close();
    await server.close();
  });

  it('tells the schedulers, their log group and the masters, and what it could not tell', async () => {
    const zookeeper = [`${server.host}:${server.port}`];

    const { answers, notes } = await lookAround(
      { zookeeper, serversetPath: '/aurora/scheduler' },
      { servers: zookeeper, path: '/mesos' },
      { clock, resolve },
    );

    expect(answers).toEqual({
      logGroupPath: '/aurora/the-log',
      masters: ['http://mesos1:5050'],
      hosts: [
        { name: 'aurora-1', address: 'aurora-1.example.org', libprocess: '10.0.0.1:8083' },
        { name: 'aurora-2', address: 'aurora-2.example.org', libprocess: '10.0.0.2:8083' },
        { name: '10.0.0.3', address: '10.0.0.3', libprocess: '10.0.0.3:8083' },
      ],
    });
    expect(notes).toEqual([
      'No election node names the scheduler at 10.0.0.3: it is called by its address.',
      expect.stringMatching(/^Schedulers that run: .*One that is stopped is not seen: name all of them\.$/),
    ]);
  });

  it('of an empty place says that it found nothing', async () => {
    const zookeeper = [`${server.host}:${server.port}`];

    const { answers, notes } = await lookAround(
      { zookeeper, serversetPath: '/nowhere/scheduler' },
      { servers: zookeeper, path: '/none' },
      { clock, resolve },
    );

    expect(answers.hosts).toBeUndefined();
    expect(notes).toEqual([
      'No log group was found beside the serverset.',
      'No running scheduler was found.',
      'No Mesos master is registered at /none.',
    ]);
  });

  it('that is not there is a note, and no error', async () => {
    const { answers, notes } = await lookAround(
      { zookeeper: ['127.0.0.1:1'], serversetPath: '/aurora/scheduler' },
      undefined,
      { clock, resolve },
    );

    expect(answers).toEqual({});
    expect(notes).toEqual([expect.stringMatching(/^ZooKeeper told nothing: /)]);
  });
});

/**
 * An Aurora that is installed on a host: its scheduler, `mesos-log` or `recovery-tool`, which need nothing but the directory that they
 * are started in, as proofs of backups do (`docs/prove.md`). `alone.ts PROGRAM RELEASE ARGUMENTS…`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [program = '', auroraVersion = '', ...argv] = process.argv.slice(2);
const directory = join(process.cwd(), `world-${program}`);
mkdirSync(directory, { recursive: true });
const world = join(directory, 'world.json');
const libprocess = '127.0.0.1:8083';
writeFileSync(
  world,
  JSON.stringify({
    auroraVersion,
    time: { msPerSecond: 20 },
    mesos: { address: 'zk://mesos:2181/mesos', url: 'http://127.0.0.1:1' },
    libprocess,
    replicas: [libprocess],
    zookeeper: { sessionTimeoutMs: 5_000, logSessionTimeoutMs: 5_000, deadlineMs: 2_000 },
  }),
);
const before =
  { scheduler: ['--world', world], 'recovery-tool': [`--drill-host=${directory}`] }[program] ?? [];
process.argv = [process.argv[0] ?? '', process.argv[1] ?? '', ...before, ...argv];
if (program === 'scheduler') await import('./scheduler.ts');
else if (program === 'recovery-tool') await import('./recovery-tool.ts');
else await import('./mesos-log.ts');

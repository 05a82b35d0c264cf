/** Hosts of before systemd: the pretend scheduler as a script of /etc/init.d, really run, and as a job of an upstart that is not real. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AgentConfig } from '../../../src/agent/config.ts';
import { runCommand } from '../../../src/agent/run-command.ts';
import type { TestHost } from './test-host.ts';

const name = 'aurora-scheduler';
const initctl = fileURLToPath(new URL('fake-initctl.sh', import.meta.url));

export interface OldHost {
  readonly config: AgentConfig;
  /** The directory of scripts or jobs. */
  readonly directory: string;
  /** Starts it as a person, or a monitor, would; the exit code. */
  startByHand(): Promise<number | null>;
  /** Starts what a boot starts. */
  boot(): Promise<unknown>;
}

type Service = AgentConfig['drivers']['service'];

function withService({ config }: TestHost, service: Service): AgentConfig {
  const bounds = { ...config.bounds, settleMs: 200 };
  return { ...config, drivers: { ...config.drivers, service }, bounds };
}

const run = async (...argv: string[]): Promise<number | null> =>
  (await runCommand({ argv, timeoutMs: 30_000 })).exitCode;

/** What starts the scheduler with the flags of the flag file, and turns into it. */
async function writeLauncher(host: TestHost): Promise<void> {
  const [program = '', script = '', options = ''] = JSON.parse(
    await readFile(host.path('scheduler.json'), 'utf8'),
  ) as string[];
  await writeFile(host.path('options.json'), options);
  await writeFile(
    host.path('run.sh'),
    `exec ${program} ${script} "$(cat ${host.path('options.json')})" $(grep ^- ${host.path('flags')})\n`,
  );
}

/** As Debian's policy wants one: LSB header, start-stop-daemon, a pid file, exit codes of `status`. */
export const initScript = (host: TestHost): string => `#!/bin/sh
# chkconfig: 345 99 01
### BEGIN INIT INFO
# Provides:          ${name}
# Required-Start:    $network $remote_fs
# Required-Stop:     $network $remote_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
### END INIT INFO
. /lib/lsb/init-functions
PIDFILE=${host.path('scheduler.pid')}
echo "$(basename "$0") $1" >>${host.path('asked')}
case "$1" in
  start) start-stop-daemon --start --oknodo --background --make-pidfile --pidfile $PIDFILE --startas /bin/sh -- ${host.path('run.sh')} ;;
  stop) start-stop-daemon --stop --oknodo --pidfile $PIDFILE --remove-pidfile ;;
  status) status_of_proc -p $PIDFILE /bin/sh ${name} ;;
  *) echo "Usage: $0 {start|stop|status}" >&2; exit 2 ;;
esac
`;

export async function createSysvinitHost(host: TestHost, script = initScript(host)): Promise<OldHost> {
  await writeLauncher(host);
  const directory = host.path('init.d');
  await mkdir(directory);
  await writeFile(`${directory}/${name}`, script);
  await chmod(`${directory}/${name}`, 0o755);
  return {
    directory,
    config: withService(host, {
      kind: 'sysvinit',
      script: name,
      scriptDirectory: directory,
      pidFile: host.path('scheduler.pid'),
    }),
    startByHand: () => run(`${directory}/${name}`, 'start'),
    boot: () => run(`${directory}/${name}`, 'start'),
  };
}

export async function createUpstartHost(host: TestHost): Promise<OldHost> {
  await writeLauncher(host);
  const directory = host.path('init');
  await mkdir(directory);
  await writeFile(`${directory}/${name}.conf`, 'start on runlevel [2345]\nrespawn\nexec run.sh\n');
  const program = host.path('initctl');
  await writeFile(program, `#!/bin/sh\nexec /bin/bash ${initctl} ${host.dir} "$@"\n`);
  await chmod(program, 0o755);
  return {
    directory,
    config: withService(host, { kind: 'upstart', job: name, initctl: program, jobDirectory: directory }),
    startByHand: () => run(program, 'start', name),
    boot: () => run(program, 'emit', 'startup'),
  };
}

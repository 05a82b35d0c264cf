/**
 * Isolation without systemd: namespaces by unshare(1). They hang on one process, whose end the kernel answers by killing the first
 * process inside and so all of them; mounts and network go with the last one. Bounds are limits of each process: control groups need a
 * manager, and would be left behind.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../aurora/errors.ts';
import { packageRoot } from '../package-root.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import type { Isolation } from './isolation.ts';

const programs = ['/bin/sh', '/usr/bin/unshare', '/usr/bin/setpriv', '/usr/bin/prlimit', '/usr/bin/nice'];
const script = join(import.meta.dirname, 'prove-alone.sh');
const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child'];
const dying = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'];
const mib = 1024 ** 2;
const probeMs = 10_000;

/** `inside` is the command line of the program that proves. */
export function unshareIsolation({ inside }: { inside: readonly string[] }): Isolation {
  return {
    whyNot: async () => {
      if (process.getuid?.() !== 0) return 'The agent is not root, so it can make no namespaces.';
      for (const program of programs) {
        const there = await access(program, constants.X_OK).then(
          () => true,
          () => false,
        );
        if (!there) return `${program} is missing (util-linux, coreutils).`;
      }
      try {
        const argv = [...dying, '/usr/bin/unshare', ...namespaces, 'ip', 'link', 'set', 'lo', 'up'];
        const outcome = await runCommand({ argv, timeoutMs: probeMs });
        if (outcome.exitCode === 0) return null;
        // --kill-child is of util-linux 2.32, --pdeathsig of 2.33.
        if (/(unrecognized|unknown) option/.test(outcome.stderr)) {
          return 'The util-linux of this host is older than 2.33, so a proof could outlive its agent.';
        }
        return `Namespaces cannot be made here: ${describeOutcome(argv, outcome)}. Under the packaged unit of the agent they are forbidden: use isolation kind systemd.`;
      } catch (error) {
        return `Namespaces cannot be made here: ${messageOf(error)}`;
      }
    },
    command: ({ directory, account: { uid, gid }, hidden, scratchMib, memoryMib, seconds }) => [
      '/bin/sh',
      '-c',
      'exec <"$0/in" >"$0/verdict" 2>"$0/said"; exec "$@"',
      directory,
      ...dying,
      ...['/usr/bin/nice', '-n', '19'],
      // Private memory that can be written, of each process (getrlimit(2)): a heap that is only reserved does not count.
      ...[
        '/usr/bin/prlimit',
        `--data=${memoryMib * mib}`,
        `--cpu=${seconds}`,
        `--fsize=${scratchMib * mib}`,
        '--core=0',
      ],
      ...['/usr/bin/unshare', ...namespaces],
      ...['/bin/sh', script, String(scratchMib), String(uid), String(gid), packageRoot(), ...hidden, '--'],
      ...inside,
    ],
    // The command was killed, and with it the first process inside; the kernel ends the others.
    clear: () => Promise.resolve(),
  };
}

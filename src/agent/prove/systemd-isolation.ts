/**
 * Isolation by systemd: the packaged template `aurora-chatops-prove@.service`, of which each proof is an instance. It is of the type
 * oneshot, so that `systemctl start` lasts as long as the proof; systemd takes processes, mounts and network away, whoever was killed.
 */
import { messageOf } from '../../aurora/errors.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import { readSystemdVersion } from '../systemd-version.ts';
import type { Isolation } from './isolation.ts';

/** Of `@system-service` and `TemporaryFileSystem=`; without them a proof has no walls, or does not start. */
const versionMin = 239;
const askMs = 10_000;
const stopMs = 30_000;

/** `unit` is the name of the template, ending in `@`. */
export function systemdIsolation({
  unit,
  systemctl,
  account,
}: {
  unit: string;
  systemctl: string;
  account: string;
}): Isolation {
  const instance = (id: string): string => `${unit}${id}.service`;
  const wanted: Readonly<Record<string, string>> = {
    LoadState: 'loaded',
    User: account,
    PrivateNetwork: 'yes',
    NoNewPrivileges: 'yes',
    Type: 'oneshot',
  };
  return {
    whyNot: async () => {
      const argv = [systemctl, 'show', instance('check'), `--property=${Object.keys(wanted).join(',')}`];
      try {
        const version = await readSystemdVersion(systemctl);
        if (version !== null && version < versionMin) {
          return `systemd ${version} is too old for ${unit}.service, which needs ${versionMin}: use isolation kind unshare.`;
        }
        const outcome = await runCommand({ argv, timeoutMs: askMs });
        if (outcome.exitCode !== 0) return `${describeOutcome(argv, outcome)}.`;
        const found = Object.fromEntries(outcome.stdout.split('\n').map((line) => line.split('=', 2)));
        if (found['LoadState'] !== 'loaded') {
          return `${unit}.service is not installed: copy it from packaging/ to /etc/systemd/system and run systemctl daemon-reload.`;
        }
        const wrong = Object.keys(wanted).find((name) => found[name] !== wanted[name]);
        return wrong === undefined
          ? null
          : `${unit}.service has ${wrong}=${found[wrong] ?? ''}, and it has to be ${wanted[wrong] ?? ''}.`;
      } catch (error) {
        return `systemd cannot be asked: ${messageOf(error)}`;
      }
    },
    command: ({ id }) => [systemctl, 'start', instance(id)],
    clear: async (id) => {
      const units = [instance(id)];
      await runCommand({ argv: [systemctl, 'stop', ...units], timeoutMs: stopMs });
      await runCommand({ argv: [systemctl, 'reset-failed', ...units], timeoutMs: askMs });
    },
  };
}

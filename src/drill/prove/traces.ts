/** What there is on a host besides what it is for, looked at from outside of any proof: a proof must leave all of it as it was. */
import type { Clock } from '../../aurora/clock.ts';
import type { RunningHost } from '../hosts/drill-hosts.ts';

type Machine = NonNullable<RunningHost['machine']>;

/** One line for each process, namespace, mount, unit and file. What proofs have found is kept on purpose. */
const lookScript = `
for process in /proc/[0-9]*; do
  [ "$process" != "/proc/$$" ] || continue
  echo "process \${process#/proc/} $(tr '\\0' ' ' <"$process/cmdline")"
  for kind in net mnt pid ipc; do echo "namespace $(readlink "$process/ns/$kind")"; done
done
sed 's/^/mount /' /proc/self/mountinfo
systemctl list-units --all --no-legend --plain 'aurora-chatops-prove@*' | sed 's/^/unit /'
find /tmp /var/tmp /dev/shm /run /etc /var/lib/aurora /var/lib/aurora-chatops -xdev ! -name 'proofs.sqlite*' -printf 'file %p\\n'
`;
const againMs = 500;
/** What ends by itself has ended by then. */
const lastingMs = 10_000;

/** Throws when the host cannot be asked. */
export async function readTraces(machine: Machine): Promise<ReadonlySet<string>> {
  const { code, stdout } = await machine.run('/bin/sh', '-c', lookScript);
  if (code !== 0 && stdout === '') throw new Error('the host cannot be looked at');
  return new Set(stdout.split('\n').filter((line) => line !== ''));
}

/** What was not there before, and stays: a command that the agent runs meanwhile is gone at the next look. */
export async function findLeftBehind(
  before: ReadonlySet<string>,
  { read, clock }: { read: () => Promise<ReadonlySet<string>>; clock: Clock },
): Promise<readonly string[]> {
  const endsAt = clock.now() + lastingMs;
  let left = (await read()).difference(before);
  while (left.size > 0 && clock.now() < endsAt) {
    await clock.sleep(againMs);
    left = left.intersection(await read());
  }
  return [...left].sort();
}

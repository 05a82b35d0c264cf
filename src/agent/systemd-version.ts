import { runCommand } from './run-command.ts';

const askMs = 10_000;

/** Of the installed systemd, by `systemctl --version`, whose first line is `systemd 219` or `systemd 252 (252.39-1~deb12u1)`; `null` without one. */
export async function readSystemdVersion(systemctl: string): Promise<number | null> {
  const outcome = await runCommand({ argv: [systemctl, '--version'], timeoutMs: askMs }).catch(() => null);
  const [, version] = /^systemd (\d{1,4})\b/.exec(outcome?.stdout ?? '') ?? [];
  return version === undefined ? null : Number(version);
}

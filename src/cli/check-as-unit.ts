/**
 * `agent check --as-unit`: the same check inside the walls of the agent's unit, so that it sees what the service will see. systemd builds
 * them, from the very lines of the unit and its drop-ins, for a unit that lives as long as the check (systemd-run(1), from 236 on).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { AuroraError } from '../aurora/errors.ts';

/** As docs/agent.md has it copied. */
const unit = 'aurora-chatops-agent.service';
const catMs = 10_000;

/** Runs this very program again with these words; answers its exit code. AuroraError `unit-missing`, `unit-not-run`. */
export async function runAsUnit(words: readonly string[]): Promise<number> {
  const { status, stdout } = spawnSync('systemctl', ['cat', unit], { encoding: 'utf8', timeout: catMs });
  if (status !== 0 || stdout === null) {
    throw new AuroraError({
      code: 'unit-missing',
      message: `systemd does not know ${unit}.`,
      hint: 'Copy packaging/aurora-chatops-agent.service to /etc/systemd/system and run "systemctl daemon-reload", or check without --as-unit.',
    });
  }
  const program = [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...words];
  const child = spawn('systemd-run', [...argumentsFor(stdout), '--', ...program], { stdio: 'inherit' });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } catch (cause) {
    throw new AuroraError({
      code: 'unit-not-run',
      message: 'systemd-run cannot be started.',
      hint: 'Install it (it comes with systemd), or check without --as-unit.',
      cause,
    });
  }
}

/** Of systemd-run, for the text of a unit with its drop-ins behind it. */
export function argumentsFor(text: string): readonly string[] {
  const walls = serviceLines(text).flatMap(([key, value]) => {
    // It would be made and given to root: a check changes nothing. What it opens is opened.
    if (key === 'StateDirectory')
      return value
        .split(/\s+/)
        .filter(Boolean)
        .map((name) => `ReadWritePaths=-/var/lib/${name}`);
    return isWall.test(key) ? [`${key}=${value}`] : [];
  });
  return ['--pipe', '--wait', '--collect', '--quiet', ...walls.flatMap((wall) => ['--property', wall])];
}

/** What a process may see, touch and call, and as whom; not how it is started, watched and started again. */
const isWall =
  /^(Protect\w+|Private\w+|Restrict\w+|(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec|Bind|BindReadOnly)Paths|TemporaryFileSystem|CapabilityBoundingSet|AmbientCapabilities|NoNewPrivileges|LockPersonality|MemoryDenyWriteExecute|SystemCall\w+|UMask|User|Group|SupplementaryGroups|Environment\w*|PassEnvironment|RootDirectory|RootImage|Device\w+|IPAddress\w+)$/;

function serviceLines(text: string): readonly (readonly [key: string, value: string])[] {
  let section = '';
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line): (readonly [string, string])[] => {
      const header = /^\[(\w+)\]\s*$/.exec(line)?.[1];
      if (header !== undefined) section = header;
      const [, key, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return section === 'Service' && key !== undefined && value !== undefined ? [[key, value]] : [];
    });
}

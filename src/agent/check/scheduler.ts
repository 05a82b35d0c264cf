import { minorOf } from '../../aurora/releases.ts';
import { compareFlags, readSchedulerProcess } from '../files/scheduler-process.ts';
import type { OperationTools } from '../operations/operation.ts';
import { readVars } from '../scheduler-pages.ts';
import { lookAtScheduler } from '../scheduler-presence.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** That what runs is what the configuration describes: only then can the agent tell that it is gone. */
export async function checkScheduler(tools: OperationTools): Promise<readonly Finding[]> {
  const { config, service } = tools;
  const seen = await lookAtScheduler(config, service);
  if (seen.service === 'stopped') {
    return [
      warning(
        'The scheduler does not run, so its ports and its log could not be compared.',
        'Check again when it runs.',
      ),
    ];
  }
  const signs: readonly [boolean, string, string][] = [
    [seen.httpPortOpen, `Its HTTP port ${config.scheduler.httpPort}`, 'scheduler.httpPort'],
    [seen.libprocessPortOpen, `Its libprocess port ${config.scheduler.libprocess}`, 'scheduler.libprocess'],
    [seen.logLockHeld, `The LOCK of ${config.paths.log}`, 'paths.log'],
  ];
  const findings = signs.map(([there, what, key]) =>
    there
      ? ok(`${what} is taken, as it should be while it runs.`)
      : problem(
          `The scheduler runs, and ${what[0]?.toLowerCase() ?? ''}${what.slice(1)} is free.`,
          `Correct ${key}: the agent would take a running scheduler for a stopped one.`,
        ),
  );
  const page = { host: config.scheduler.httpAddress, port: config.scheduler.httpPort };
  if ((await readVars(page)) === null) {
    findings.push(
      warning(
        'The scheduler does not tell its counters (/vars.json).',
        'See that the agent may reach it on loopback.',
      ),
    );
  }
  return [...findings, ...(seen.pid === null ? [] : await checkProcess(tools, seen.pid))];
}

/** Flags and release, where the process tells them. */
async function checkProcess({ config, flags }: OperationTools, pid: number): Promise<readonly Finding[]> {
  const process = await readSchedulerProcess(pid);
  const { recognised, different } = compareFlags(process?.argv ?? [], (await flags.read()).values);
  const findings: Finding[] = [];
  if (process?.release != null && minorOf(process.release) !== minorOf(config.auroraVersion)) {
    findings.push(
      problem(
        `The scheduler is Aurora ${process.release}, and auroraVersion says ${config.auroraVersion}.`,
        'Correct it in the configurations of agent and bot: flags and backups depend on it.',
      ),
    );
  }
  if (recognised && different.length > 0) {
    findings.push(
      problem(
        `The scheduler was started with other flags than those of ${config.paths.flags}: ${different.map((name) => `-${name}`).join(', ')}.`,
        'Correct paths.flags or drivers.flags, or start the scheduler again if the file was changed since.',
      ),
    );
  } else if (recognised) findings.push(ok('The scheduler was started with the flags of the flag file.'));
  else if (config.drivers.service.kind !== 'command') {
    findings.push(
      problem(
        `Process ${pid} was not started with any flag of ${config.paths.flags}.`,
        'Correct paths.flags, drivers.flags or drivers.service: a start is only believed when the flags can be read back.',
      ),
    );
  }
  return findings;
}

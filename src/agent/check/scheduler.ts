import { minorOf } from '../../aurora/releases.ts';
import { readSchedulerProcess } from '../files/scheduler-process.ts';
import type { OperationTools } from '../operations/operation.ts';
import { readVars } from '../scheduler-pages.ts';
import { lookAtScheduler } from '../scheduler-presence.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { checkRunningFlags } from './running-flags.ts';

/** That what runs is what the configuration describes: only then can the agent tell that it is gone. */
export async function checkScheduler(tools: OperationTools): Promise<readonly Finding[]> {
  const { config, service, flags } = tools;
  const seen = await lookAtScheduler(config, service);
  if (seen.service === 'stopped') {
    return [
      warning(
        'The scheduler does not run, so its ports and its log could not be compared.',
        'Check again when it runs.',
      ),
    ];
  }
  const { ip } = await flags.read().then(
    ({ values }) => values,
    (): Readonly<Record<string, string>> => ({}),
  );
  // -ip binds the page to one address: on any other, loopback too, its port is free.
  const elsewhere = ip !== undefined && ip !== config.scheduler.httpAddress;
  const httpKey = elsewhere ? `scheduler.httpAddress to ${ip} (-ip)` : 'scheduler.httpPort';
  const signs: readonly [boolean, string, string][] = [
    [seen.httpPortOpen, `Its HTTP port ${config.scheduler.httpPort}`, httpKey],
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
        'The scheduler does not show its counters (/vars.json).',
        'See that the agent may reach it on loopback.',
      ),
    );
  }
  return [...findings, ...(seen.pid === null ? [] : await checkProcess(tools, seen.pid))];
}

/** Its release, where it tells it, and its flags. */
async function checkProcess(tools: OperationTools, pid: number): Promise<readonly Finding[]> {
  const { config } = tools;
  const release = (await readSchedulerProcess(pid))?.release ?? null;
  const findings = await checkRunningFlags(tools, pid);
  if (release === null || minorOf(release) === minorOf(config.auroraVersion)) return findings;
  return [
    problem(
      `The scheduler is Aurora ${release}, and auroraVersion says ${config.auroraVersion}.`,
      'Correct it in the configurations of agent and bot: flags and backups depend on it.',
    ),
    ...findings,
  ];
}

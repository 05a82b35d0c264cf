/** `aurora-chatops enroll open`: lets one host make its key and come for its certificate, once. `agent enroll` is the other side. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { parseAgentConfig } from '../agent/config.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { sameHost } from '../aurora/host-names.ts';
import { escapedLines } from '../aurora/printable.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { type EnrollOutcome, openEnrollDesk } from '../setup/enroll-desk.ts';
import { readBotConfig } from './config.ts';

interface OpenOptions {
  readonly host: string;
  readonly directory: string;
  readonly listen: { host: string; port: number };
  readonly address: string;
  readonly minutes: number;
}

/** Adds `enroll open`. */
export function registerEnroll(program: Command): void {
  program
    .command('enroll')
    .description('let a host come for its certificate and configuration with a one-time token')
    .command('open')
    .description(
      'print the command for the host, and wait until it was used; exit 1 when nobody came or somebody misused it',
    )
    .requiredOption('--host <name>', 'the host, as the configuration of the bot calls it')
    .requiredOption(
      '--directory <dir>',
      'what "aurora-chatops setup" has written, with the authority in pki/',
    )
    .option('--listen <address:port>', 'where to wait', listenAddress, { host: '0.0.0.0', port: 8099 })
    .option('--address <name>', 'what the host reaches this machine by', hostname())
    .option('--minutes <n>', 'how long to wait, up to 60', minutes, 15)
    .action(open);
}

async function open({ host, directory, listen, address, minutes: lasts }: OpenOptions): Promise<void> {
  const path = join(directory, 'bot', 'bot.yml');
  const bot = await readBotConfig(path);
  const known = bot.clusters.flatMap(({ hosts }) => hosts).find(({ name }) => sameHost(name, host));
  if (known === undefined) {
    throw new AuroraError({
      code: 'enroll-host',
      message: `${path} knows no host ${host}.`,
      hint: 'Add it there first: name, agent, advertised, httpPort and libprocess.',
    });
  }
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort());
  process.once('SIGTERM', () => stopped.abort());
  const desk = await openEnrollDesk({
    pki: join(directory, 'pki'),
    host: {
      name: known.name,
      address: new URL(known.agent).hostname,
      configuration: await configurationOf(directory, known.name),
    },
    listen,
    address,
    lastsMs: lasts * 60_000,
    clock: systemClock,
    signal: stopped.signal,
  });
  process.stdout.write(
    `Type this on ${known.name}, as root, within ${lasts} minutes. The token is good for one use:\n\n  aurora-chatops agent enroll --host ${known.name} --from ${desk.url} --token ${desk.token}\n\n`,
  );
  const outcome = await desk.outcome;
  process.stdout.write(escapedLines(`${describe(known.name, outcome)}\n`));
  if (outcome.kind !== 'enrolled') process.exitCode = 1;
}

function describe(host: string, outcome: EnrollOutcome): string {
  switch (outcome.kind) {
    case 'enrolled':
      return `${host} was enrolled from ${outcome.from}. On the host, agent enroll has printed the same SHA-256, or somebody else has enrolled in its place: ${outcome.fingerprint}`;
    case 'refused':
      return `Nobody was enrolled: ${outcome.why}, from ${outcome.from}. Treat the token as stolen; it has been cancelled.`;
    case 'nobody-came':
      return 'Nobody came in time, and the token has expired. Open the enrolment again when somebody is at the host.';
  }
}

async function configurationOf(directory: string, name: string): Promise<string> {
  const path = join(directory, 'hosts', name, 'agent.yaml');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuroraError({
      code: 'enroll-host',
      message: `${path} cannot be read: ${messageOf(cause)}`,
      hint: 'It is what the host is given: copy that of another host, and change host, scheduler and whatever else differs.',
      cause,
    });
  });
  if (sameHost(parseAgentConfig(text, path).host, name)) return text;
  throw new AuroraError({
    code: 'enroll-host',
    message: `${path} is of another host.`,
    hint: `Write host: ${name} into it.`,
  });
}

function listenAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new InvalidArgumentError('It is an address and a port, such as 0.0.0.0:8099.');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function minutes(text: string): number {
  const count = Number(text);
  if (/^\d{1,2}$/.test(text) && count >= 1 && count <= 60) return count;
  throw new InvalidArgumentError('It is a number of minutes between 1 and 60.');
}

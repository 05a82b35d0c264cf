/** `aurora-chatops pki`: an authority of our own for the certificates between bot and agents, without openssl. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { escapedLines } from '../aurora/printable.ts';
import { systemClock } from '../aurora/system-clock.ts';
import { type Held, initAuthority, issueInto, listHeld, renewIn } from '../pki/directory.ts';
import { generalName } from '../pki/issuing.ts';
import { table } from './table.ts';

const dayMs = 24 * 3_600_000;
/** `renew` without names takes what ends sooner: a month before the bot begins to warn. */
const soonDays = 60;
const directoryOption = ['--directory <dir>', 'where the authority and what it has issued lies'] as const;

/** Adds `pki init | issue | renew | show`. */
export function registerPki(program: Command): void {
  const pki = program
    .command('pki')
    .description('certificates of an authority of your own, for the bot and its agents');
  pki
    .command('init')
    .description('make an authority in a directory that has none')
    .requiredOption(...directoryOption)
    .option('--name <name>', 'what the authority is called', 'aurora-chatops')
    .option('--days <n>', 'how long it lives', days, 3650)
    .action(async ({ directory, ...options }: { directory: string; name: string; days: number }) => {
      tell('Made the authority', await initAuthority(directory, { ...options, now: systemClock.now() }));
      process.stdout.write(
        `Whoever has ${directory}/ca.key can pass for the bot. Keep it on neither the bot's machine nor a scheduler host.\n`,
      );
    });
  pki
    .command('issue')
    .description('make a key and a certificate under a name that is not taken')
    .argument('<name>', 'what the files are called, and the common name; the name of the host for an agent')
    .requiredOption(...directoryOption)
    .addOption(new Option('--for <program>', 'who shows it').choices(['agent', 'bot']).makeOptionMandatory())
    .requiredOption(
      '--names <list>',
      'host names, IP addresses and URIs that it is good for, with commas between them: what the bot connects to',
      nameList,
    )
    .option('--days <n>', 'how long it lives', days, 365)
    .action(
      async (
        name: string,
        options: { directory: string; for: 'agent' | 'bot'; names: string[]; days: number },
      ) => {
        const { directory, names, days: lives } = options;
        const use = options.for === 'agent' ? 'server' : 'client';
        tell('Issued', await issueInto(directory, { name, use, names, days: lives, now: systemClock.now() }));
      },
    );
  pki
    .command('renew')
    .description('give certificates new dates; the files of before are kept beside them')
    .argument('[names...]', `which; without any, all that end within ${soonDays} days`)
    .requiredOption(...directoryOption)
    .option('--new-key', 'with a new key each; the one of before is kept')
    .option('--days <n>', 'how long they live: 365, the authority 3650', days)
    .action(renew);
  pki
    .command('show')
    .description('list what was issued, until when it is good, and what is wrong; exit 1 when something is')
    .requiredOption(...directoryOption)
    .option('--json', 'one JSON object a line')
    .action(show);
}

async function renew(
  names: readonly string[],
  options: { directory: string; newKey?: true; days?: number },
): Promise<void> {
  const { directory, newKey = false } = options;
  const now = systemClock.now();
  const due =
    names.length > 0
      ? names
      : (await listHeld(directory))
          .filter(({ endsAt }) => endsAt - now < soonDays * dayMs)
          .map(({ name }) => name);
  if (due.length === 0) process.stdout.write(`Nothing ends within ${soonDays} days.\n`);
  for (const name of due) {
    const lives = options.days ?? (name === 'ca' ? 3650 : 365);
    tell('Renewed', await renewIn(directory, { name, days: lives, newKey, now }));
  }
  if (due.length > 0)
    process.stdout.write('Copy the files to where they are used, and start those programs again.\n');
}

async function show({ directory, json }: { directory: string; json?: true }): Promise<void> {
  const now = systemClock.now();
  const held = (await listHeld(directory)).map((one) => ({
    ...one,
    fault: one.fault ?? (one.endsAt <= now ? 'it has ended' : null),
  }));
  if (json === true) {
    for (const one of held) process.stdout.write(escapedLines(`${JSON.stringify(one)}\n`));
  } else {
    const rows = held.map(({ name, use, names, endsAt, fault }) => [
      name,
      programOf(use),
      names.join(', '),
      `${dayOf(endsAt)} (${Math.floor((endsAt - now) / dayMs)} days)`,
      fault ?? 'good',
    ]);
    process.stdout.write(`${table([['NAME', 'FOR', 'NAMES', 'ENDS', 'STATE'], ...rows])}\n`);
  }
  if (held.some(({ fault }) => fault !== null)) process.exitCode = 1;
}

function tell(done: string, { name, use, names, endsAt, fingerprint }: Held): void {
  const whom = use === null ? name : `${name}, for ${programOf(use)} (${names.join(', ')})`;
  process.stdout.write(
    escapedLines(`${done} ${whom}: good until ${dayOf(endsAt)}, SHA-256 ${fingerprint}\n`),
  );
}

function programOf(use: Held['use']): string {
  return { server: 'an agent', client: 'the bot', null: 'the authority' }[use ?? 'null'];
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function days(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count >= 1 && count <= 36_500) return count;
  throw new InvalidArgumentError('It is a number of days between 1 and 36500.');
}

function nameList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) generalName(name);
  return names;
}

/** `aurora-chatops people`: what goes into the roster, and what is in it. The roster travels as hosts are configured, never by the bot. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { fingerprintOf, fingerprintWords } from '../signing/fingerprint.ts';
import { parseRoster, type Roster } from '../signing/roster.ts';
import { parseSshPublicKey } from '../signing/ssh-key.ts';

interface AddOptions {
  readonly id: string;
  readonly name: string;
  readonly ssh: string;
  readonly keyName: string;
}

/** Adds `people add | check`. */
export function registerPeople(program: Command): void {
  const people = program.command('people').description('whose signatures count: the roster of keys');
  people
    .command('add')
    .description('print what to put into the roster for a person with an ssh key')
    .requiredOption('--id <team:user>', 'the person in Slack, such as T0123:U0456')
    .requiredOption('--name <name>', 'what messages call the person')
    .requiredOption('--ssh <file>', 'the .pub file')
    .option('--key-name <name>', 'what messages call the key', 'ssh')
    .addHelpText('after', addHelp)
    .action((options: AddOptions) => {
      const { entry, fingerprint } = rosterEntry(options, readFileSync(options.ssh, 'utf8'));
      process.stderr.write(
        `Ask ${options.name} by telephone or in person for the fingerprint of this key. It must be\n\n  ${fingerprint}\n\nThen put this into the roster of every host:\n\n`,
      );
      process.stdout.write(entry);
    });
  people
    .command('check')
    .description('read a roster, and list who can sign with what')
    .argument('<file>', 'the roster (YAML)')
    .action((file: string) => {
      const roster = parseRoster(readFileSync(file, 'utf8'), file);
      process.stdout.write(`${describeRoster(roster, Date.now())}\n`);
    });
}

/** The lines for the roster, and the key's fingerprint in words. AuroraError `roster-invalid` for what no roster takes. */
export function rosterEntry(
  person: Pick<AddOptions, 'id' | 'name' | 'keyName'>,
  publicKeyLine: string,
): { entry: string; fingerprint: string } {
  const [line = ''] = publicKeyLine.trim().split('\n');
  let fingerprint: string;
  try {
    fingerprint = fingerprintWords(parseSshPublicKey(line).key);
  } catch (error) {
    throw new AuroraError({
      code: 'roster-invalid',
      message: `The key of ${person.name} cannot be used: ${messageOf(error)}.`,
      hint: 'Give the .pub file of an Ed25519, P-256 or RSA key, or of a security key.',
      cause: error,
    });
  }
  const entry = [
    `  - id: ${JSON.stringify(person.id)}`,
    `    name: ${JSON.stringify(person.name)}`,
    '    keys:',
    `      - name: ${JSON.stringify(person.keyName)}`,
    '        type: ssh',
    `        publicKey: ${JSON.stringify(line)}`,
    '',
  ].join('\n');
  parseRoster(`people:\n${entry}`, 'that this makes');
  return { entry, fingerprint };
}

/** A line a key, and what is worth a thought; `now` in milliseconds. */
export function describeRoster({ people, relyingParty, hash }: Roster, now: number): string {
  const lines = [...people.values()].flatMap((person) => [
    `${person.name} (${person.id})`,
    ...person.keys.map(
      (key) =>
        `  ${key.name}: ${key.type}, ${fingerprintOf(key)}${now < key.from ? ', not valid yet' : now >= key.until ? ', ended' : ''}`,
    ),
    ...(person.keys.filter((key) => key.from <= now && now < key.until).length === 1
      ? ['  only one key is good: a lost device would leave this person out']
      : []),
  ]);
  return [
    ...lines,
    relyingParty === null
      ? 'no passkeys'
      : `passkeys of ${relyingParty.id}, used on ${relyingParty.origins.join(', ')}`,
    `roster ${hash}: the same on every host`,
  ].join('\n');
}

const addHelp = `
For a passkey, open the page of the bot that makes one: it prints the same lines.
Give every person two keys, and keep two sealed keys of two people for the day on which nobody else can sign.`;

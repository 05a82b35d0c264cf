/**
 * Where a secret of Slack's comes from: a variable, a file that a variable names, or a credential of systemd's (systemd.exec(5),
 * LoadCredential). One of them: two would be a riddle about which one counts.
 */
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';

/** Longer than any token; what is longer is another file. */
const bytesMax = 4_096;

/** AuroraError `secret-missing`, `secret-twice` or `secret-unreadable`; none of them holds what was read. */
export async function readSlackSecret(env: NodeJS.ProcessEnv, name: string): Promise<string> {
  const credential = credentialOf(name);
  const { [name]: value = '', [`${name}_FILE`]: file = '', CREDENTIALS_DIRECTORY: directory = '' } = env;
  const path = join(directory, credential);
  const loaded = directory !== '' && (await isThere(path));
  const given = [
    { where: `the variable ${name}`, is: value !== '', read: () => Promise.resolve(value) },
    { where: `the variable ${name}_FILE`, is: file !== '', read: () => readOne(`${name}_FILE`, file) },
    {
      where: `the credential ${credential}`,
      is: loaded,
      read: () => readOne(`the credential ${credential}`, path),
    },
  ].filter(({ is }) => is);
  const [first, second] = given;
  if (first !== undefined && second === undefined) return await first.read();
  if (first === undefined)
    throw new AuroraError({
      code: 'secret-missing',
      message: `The environment variable ${name} is not set.`,
      hint: `Tokens come from the Slack app that manifest.yml describes. Set ${name}, let ${name}_FILE name a file with it, or load the credential ${credential} in the unit.`,
    });
  throw new AuroraError({
    code: 'secret-twice',
    message: `${name} is given more than once: by ${given.map(({ where }) => where).join(' and by ')}.`,
    hint: 'Keep one of them, so that it is clear which one counts.',
  });
}

/** `slack-bot-token` for `SLACK_BOT_TOKEN`. */
function credentialOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** What is there and cannot be reached is told when it is read. */
async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );
}

async function readOne(what: string, path: string): Promise<string> {
  const bytes = Buffer.alloc(bytesMax + 1);
  let length: number;
  try {
    await using file = await open(path);
    ({ bytesRead: length } = await file.read(bytes, 0, bytes.length, 0));
  } catch (cause) {
    throw unreadable(what, `the file ${path} cannot be read: ${messageOf(cause)}`, cause);
  }
  const secret = bytes.toString('utf8', 0, length).trim();
  if (length <= bytesMax && /^[\x21-\x7e]+$/.test(secret)) return secret;
  throw unreadable(what, `the file ${path} does not hold one line with a token alone`);
}

function unreadable(what: string, why: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'secret-unreadable',
    message: `${what}: ${why}.`,
    hint: 'It is a file with one line, the token alone, that the account of the bot may read and nobody else.',
    cause,
  });
}

/** Secrets that the configuration names by file: never in the configuration itself, in a log or in a message. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AuroraError, messageOf } from '../aurora/errors.ts';

/** A file with one secret, as the configuration names it. */
interface SecretFile {
  /** The key, as people write it: `mesos.credentials.basic`. */
  readonly key: string;
  readonly path: string;
  /** A pair is `name:password`, on one line; a token is one word. */
  readonly form: 'pair' | 'token';
}

const forms = {
  pair: { pattern: /^[^\s:]+:\S.*$/, words: 'one line, name:password' },
  token: { pattern: /^\S+$/, words: 'one line, the token alone' },
} as const;

/**
 * Looks at the file once, so that a mistake is told at the start, and gives a reader that reads it anew each time: what is
 * changed meanwhile counts. Both throw AuroraError `config-invalid` for a file that cannot be read or holds something else.
 */
export function openSecretFile(file: SecretFile): () => Promise<string> {
  try {
    secretOf(file, readFileSync(file.path, 'utf8'));
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return async () => {
    try {
      return secretOf(file, await readFile(file.path, 'utf8'));
    } catch (cause) {
      throw unreadable(file, cause);
    }
  };
}

function secretOf(file: SecretFile, text: string): string {
  const secret = text.trim();
  const { pattern, words } = forms[file.form];
  if (pattern.test(secret)) return secret;
  throw new AuroraError({
    code: 'config-invalid',
    message: `The file of ${file.key} (${file.path}) does not hold what belongs there.`,
    hint: `It is ${words}.`,
  });
}

function unreadable({ key, path }: SecretFile, cause: unknown): AuroraError {
  if (cause instanceof AuroraError) return cause;
  return new AuroraError({
    code: 'config-invalid',
    message: `The file of ${key} (${path}) cannot be read: ${messageOf(cause)}`,
    hint: 'Name a file that the account of the bot may read, and nobody else.',
    cause,
  });
}

/**
 * Files that a flag names and a scheduler reads before it does anything else: it ends when one is not there, or does not say
 * what it must. Only the host can tell. Facts: `ReadableFile`, `TierModule`, `WebhookModule`, `ExecutorModule`,
 * `CommandLineDriverSettingsModule` and `ShiroIniConverter` of apache/aurora, 0.19 to 0.22 (`@Exists`, `@CanRead` before).
 */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { flagKinds } from '../../aurora/flag-kinds.ts';
import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { showFlag } from '../../aurora/judge-flags.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { readSmall } from '../files/plain-file.ts';
import type { FlagValues } from './flag-grammar.ts';

/** One sentence for a person about a flag. */
export interface FileFault {
  readonly flag: string;
  readonly says: string;
}

/** What a configured agent knows of its host that matters here. */
export interface FlagHost {
  readonly auroraVersion: string;
  readonly paths: { readonly log: string };
}

/** A fault for each file that no scheduler would start with. A path that is not absolute is looked up by nobody but the scheduler. */
export async function judgeNamedFiles(
  { auroraVersion, paths }: FlagHost,
  values: FlagValues,
): Promise<readonly FileFault[]> {
  const { minor } = releaseOf(auroraVersion);
  const account = await ownerOf(paths.log);
  const named = Object.entries(values).filter(
    ([flag]) => flagKinds.get(flag) === 'file' && mayHaveFlag(minor, flag),
  );
  const faults = await Promise.all(
    named.map(async ([flag, value]) => {
      const path = pathOf(flag, value);
      const wrong = isAbsolute(path) ? await findWrong(flag, path, account) : null;
      return wrong === null ? [] : [{ flag, says: `${showFlag(flag, value)} ${wrong}.` }];
    }),
  );
  return faults.flat();
}

/** Whom the log belongs to is whom the scheduler runs as; `null` when there is no log to tell by. */
async function ownerOf(log: string): Promise<number | null> {
  return await stat(log).then(
    ({ uid }) => uid,
    () => null,
  );
}

/** More than any of them has: such a file is not read. */
const readBytesMax = 1024 * 1024;

/** `shiro_ini_path` may say what it is: `file:/etc/shiro.ini`. `classpath:` and `url:` are then not absolute. */
function pathOf(flag: string, value: string): string {
  const text = value.trim().replace(/^"(.*)"$/, '$1');
  return flag === 'shiro_ini_path' ? text.replace(/^file:(?:\/\/)?/, '') : text;
}

async function findWrong(flag: string, path: string, account: number | null): Promise<string | null> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) return 'names a directory, and must name a file';
    const forAll = (file.mode & 0o044) !== 0;
    if (!forAll && account !== null && account !== 0 && file.uid !== account) {
      return 'names a file that the account of the scheduler may not read';
    }
    if (!file.isFile()) return 'names something that is not a plain file';
    const judge = file.size > readBytesMax ? undefined : contents[flag];
    return judge?.(await readSmall(path, readBytesMax, { followed: true })) ?? null;
  } catch (error) {
    if (error instanceof AuroraError) return 'names something that is not a plain file';
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'names a file that does not exist';
    return `names a file that cannot be read (${code})`;
  }
}

const contents: Readonly<Record<string, (text: string) => string | null>> = {
  tier_config: (text) => (hasTiers(text) ? null : 'names a file that is not JSON with tiers in it'),
  webhook_config: (text) => (isObject(parseJson(text)) ? null : 'names a file that is not a JSON object'),
  custom_executor_config: (text) => (parseJson(text) === undefined ? 'names a file that is not JSON' : null),
  framework_authentication_file: (text) => {
    const missing = ['aurora_authentication_principal', 'aurora_authentication_secret'].filter(
      (key) => !new RegExp(`^\\s*${key}\\s*[=:\\s]`, 'm').test(text),
    );
    return missing.length === 0 ? null : `names a file without ${missing.join(' and ')}`;
  },
  shiro_ini_path: (text) => {
    const sections = [...new Set(sectionsOf(text))];
    if (sections.length === 0) return 'names a file with neither users nor roles in it';
    const extra = sections.filter((name) => name !== 'users' && name !== 'roles');
    return extra.length === 0
      ? null
      : `names a file with more than users and roles in it: ${extra.map((name) => `[${name}]`).join(', ')}`;
  },
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasTiers(text: string): boolean {
  const json = parseJson(text);
  return isObject(json) && isObject(json['tiers']) && Object.keys(json['tiers']).length > 0;
}

/** The section of each line that says something; an empty section is none. */
function sectionsOf(text: string): readonly string[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    const trimmed = line.trim();
    const header = /^\[(.*)\]$/.exec(trimmed)?.[1];
    if (header !== undefined) section = header.trim();
    return header !== undefined || trimmed === '' || /^[#;]/.test(trimmed) ? [] : [section];
  });
}

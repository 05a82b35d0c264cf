/**
 * A configuration out of YAML: checked as a whole, so that everything that is wrong is told at once, each with its line and its
 * key. The configurations of bot and agent are read by this.
 */
import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { AuroraError, messageOf } from './errors.ts';
import { nearestOf } from './nearest.ts';

interface ConfigForm<S extends z.ZodType> {
  readonly schema: S;
  /** What no single key can tell: sentences that begin with a key and a colon, such as `paths.log: …`. Asked of what fits the schema. */
  readonly distrust: (value: z.output<S>) => readonly string[];
  /** The page that has every key. */
  readonly page: string;
}

/** The line, from 1 on, where a key such as `clusters.0.hosts.1.agent` stands, or what is nearest above it; `null` for none. */
export type LineOf = (key: string) => number | null;

/** `name` is what messages call it. AuroraError `config-invalid` names everything that is wrong. */
export function parseYamlConfig<S extends z.ZodType>(
  text: string,
  name: string,
  { schema, distrust, page }: ConfigForm<S>,
): { readonly value: z.output<S>; readonly lineOf: LineOf } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (problems: readonly string[], hint = `${page} describes every key.`): AuroraError =>
    invalid(name, problems, hint);
  if (document.errors.length > 0) {
    const tabs = document.errors.some(({ code }) => code === 'TAB_AS_INDENT');
    throw refuse(
      document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
      tabs ? 'YAML is indented with spaces: put spaces in place of the tabs.' : undefined,
    );
  }
  const lineOf: LineOf = (key) => {
    const offset = offsetOf(document.contents, key.split('.'));
    return offset === null ? null : lines.linePos(offset).line;
  };
  const inOrder = (problems: readonly string[]): readonly string[] =>
    problems
      .map((problem) => ({ problem, line: lineOf(problem.slice(0, problem.indexOf(':'))) }))
      .sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
      .map(({ problem, line }) => (line === null ? problem : `line ${line}, ${problem}`));
  let given: unknown;
  try {
    given = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw refuse([messageOf(error)]);
  }
  const parsed = schema.safeParse(given);
  const problems = parsed.success ? distrust(parsed.data) : describeIssues(parsed.error.issues, schema);
  if (!parsed.success || problems.length > 0) throw refuse(inOrder(problems));
  return { value: parsed.data, lineOf };
}

/** Why the file of a configuration cannot be read at all; `page` has one to start from. */
export function unreadableConfig(path: string, cause: unknown, page: string): AuroraError {
  return new AuroraError({
    code: 'config-missing',
    message: `The configuration ${path} cannot be read: ${messageOf(cause)}.`,
    hint: `Name an existing file with --config; ${page} has one to start from.`,
    cause,
  });
}

/** Where in the text a key begins; of one that is not there, what it would be in. */
function offsetOf(root: unknown, path: readonly string[]): number | null {
  let node: unknown = root;
  let offset: number | null = null;
  for (const name of path) {
    if (!isCollection(node)) break;
    const item: unknown = isMap(node)
      ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
      : node.items[Number(name)];
    if (item === undefined) break;
    const [at, next]: unknown[] = isPair(item) ? [item.key, item.value] : [item, item];
    offset = startOf(at) ?? offset;
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | null {
  return isScalar(node) || isCollection(node) ? (node.range?.[0] ?? null) : null;
}

type Issue = z.core.$ZodIssue;

/** Each begins with its key. */
function describeIssues(issues: readonly Issue[], schema: z.ZodType): readonly string[] {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          at: keyOf([...issue.path, key]),
          meant: meantBy(key, issue.path, schema),
        }))
      : [],
  );
  // What was meant by a slip is not missing as well.
  const meant = new Set(unknown.flatMap((one) => (one.meant === null ? [] : [one.meant])));
  return [
    ...unknown.map(({ at, meant: key }) =>
      key === null
        ? `${at}: there is no such key`
        : `${at}: there is no such key; did you mean ${key.slice(key.lastIndexOf('.') + 1)}?`,
    ),
    ...issues.flatMap((issue) => {
      const key = keyOf(issue.path);
      if (issue.code === 'unrecognized_keys' || (meant.has(key) && isMissing(issue))) return [];
      return [`${key}: ${wordsOf(issue)}`];
    }),
  ];
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'the file';
}

function isMissing(issue: Issue): boolean {
  return issue.message.endsWith('received undefined');
}

function wordsOf(issue: Issue): string {
  if (isMissing(issue)) return 'it is missing';
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return `must be one of: ${issue.errors.map((way) => way.map(inWay).join(' and ')).join('; or ')}`;
  return issue.message.replace(/^Invalid (input|option|string): /, '').replace(/\.$/, '');
}

function inWay(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `without ${issue.keys.join(', ')}`;
  if (isMissing(issue)) return `with ${keyOf(issue.path)}`;
  return `${keyOf(issue.path)}: ${wordsOf(issue)}`;
}

/** The key that would be known there and is nearest, with what it is in. */
function meantBy(key: string, path: readonly PropertyKey[], schema: z.ZodType): string | null {
  const [nearest] = nearestOf(
    key,
    keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), path),
  );
  return nearest === undefined ? null : keyOf([...path, nearest]);
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** All keys that something at this path may have, whatever its kind. */
function keysAt(root: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  let here: readonly JsonSchema[] = waysOf(root);
  for (const name of path) {
    here = here.flatMap((one) => {
      const next = typeof name === 'number' ? one.items : one.properties?.[String(name)];
      return typeof next === 'object' && !Array.isArray(next) ? waysOf(next) : [];
    });
  }
  return here.flatMap((one) => Object.keys(one.properties ?? {}));
}

function waysOf(schema: JsonSchema): readonly JsonSchema[] {
  const ways = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema, ...ways.filter((way) => typeof way === 'object').flatMap(waysOf)];
}

/** One fault is one sentence; several are a list. */
function invalid(name: string, problems: readonly string[], hint: string): AuroraError {
  const [only] = problems;
  const said =
    problems.length === 1 && only !== undefined
      ? ` ${only}.`
      : `\n${problems.map((problem) => `  - ${problem}`).join('\n')}`;
  return new AuroraError({
    code: 'config-invalid',
    message: `The configuration ${name} is not valid:${said.replace(/\?\.$/, '?')}`,
    hint,
    details: { problems },
  });
}

/**
 * A stream of values as lines of JSON, both directions. One that breaks off is noticed by its end: only the line `{"end":n}` says
 * that it is whole, and an error that comes late has a line of its own.
 */
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { errorSchema } from './protocol.ts';

const endSchema = z.strictObject({ end: z.number() });
const linesAtOnce = 500;
const lineCharsMax = 1024 * 1024;

/** The lines of a stream of values. */
export async function* writeLines(values: AsyncIterable<object>): AsyncIterable<string> {
  const lines: string[] = [];
  let written = 0;
  try {
    for await (const value of values) {
      written += 1;
      lines.push(`${JSON.stringify(value)}\n`);
      // A chunk a line would be a system call a value.
      if (lines.length === linesAtOnce) yield lines.splice(0).join('');
    }
    lines.push(`${JSON.stringify({ end: written })}\n`);
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    const { code, message, hint, details } = error;
    lines.push(`${JSON.stringify({ error: { code, message, hint, details } })}\n`);
  }
  yield lines.join('');
}

interface Lines<T> {
  /** Who sent them, for errors. */
  readonly host: string;
  /** What they are, in the plural: `tasks`. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
}

/** The values of such lines; throws the agent's late error, or `agent-unreachable` when the end is missing. */
export async function* readLines<T>(bytes: AsyncIterable<Uint8Array>, lines: Lines<T>): AsyncIterable<T> {
  const decoder = new TextDecoder('utf8');
  let rest = '';
  let read = 0;
  for await (const chunk of bytes) {
    const whole = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = whole.pop() ?? '';
    if (rest.length > lineCharsMax) throw garbled(lines, new Error('a line that does not end'));
    for (const line of whole) {
      if (line === '') continue;
      const parsed = parseLine(line, lines);
      if ('end' in parsed) {
        if (parsed.end === read) return;
        throw garbled(lines, new Error(`${read} ${lines.what} where ${parsed.end} were announced`));
      }
      read += 1;
      yield parsed.value;
    }
  }
  throw cutOff(lines);
}

function parseLine<T>(line: string, lines: Lines<T>): { value: T } | { end: number } {
  try {
    const json: unknown = JSON.parse(line);
    const value = lines.schema.safeParse(json);
    if (value.success) return { value: value.data };
    const late = errorSchema.safeParse(json);
    if (late.success) throw new AuroraError(late.data.error);
    return endSchema.parse(json);
  } catch (error) {
    throw error instanceof AuroraError ? error : garbled(lines, error);
  }
}

function cutOff({ host, what }: Pick<Lines<unknown>, 'host' | 'what'>): AuroraError {
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} stopped in the middle of a list of ${what}.`,
    hint: `Check whether the agent runs on ${host}; the list can be asked for again.`,
    details: { host },
  });
}

function garbled({ host, what }: Pick<Lines<unknown>, 'host' | 'what'>, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'agent-garbled',
    message: `The agent of ${host} sent something other than ${what}: ${messageOf(cause)}.`,
    hint: 'Check that bot and agent are of the same release.',
    cause,
    details: { host },
  });
}

/**
 * Tasks as lines of JSON, both directions. A stream that breaks off is noticed by its end: only the line `{"end":n}`
 * says that it is whole, and an error that comes late has a line of its own.
 */
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { type TaskRow, taskRowSchema } from '../aurora/tasks.ts';
import { errorSchema } from './protocol.ts';

const endSchema = z.strictObject({ end: z.number() });
const linesAtOnce = 500;
const lineCharsMax = 1024 * 1024;

/** The lines of a stream of tasks. */
export async function* writeTaskLines(tasks: AsyncIterable<TaskRow>): AsyncIterable<string> {
  const lines: string[] = [];
  let written = 0;
  try {
    for await (const task of tasks) {
      written += 1;
      lines.push(`${JSON.stringify(task)}\n`);
      // A chunk a line would be a system call a task.
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

/** The tasks of such lines; throws the agent's late error, or `agent-unreachable` when the end is missing. */
export async function* readTaskLines(bytes: AsyncIterable<Uint8Array>, host: string): AsyncIterable<TaskRow> {
  const decoder = new TextDecoder('utf8');
  let rest = '';
  let read = 0;
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineCharsMax) throw garbled(host, new Error('a line that does not end'));
    for (const line of lines) {
      const value = parseLine(line, host);
      if (value === null) continue;
      if ('end' in value) {
        if (value.end === read) return;
        throw garbled(host, new Error(`${read} tasks where ${value.end} were announced`));
      }
      read += 1;
      yield value;
    }
  }
  throw cutOff(host);
}

function parseLine(line: string, host: string): TaskRow | { end: number } | null {
  if (line === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    const row = taskRowSchema.safeParse(value);
    if (row.success) return row.data;
    const late = errorSchema.safeParse(value);
    if (late.success) throw new AuroraError(late.data.error);
    return endSchema.parse(value);
  } catch (error) {
    throw error instanceof AuroraError ? error : garbled(host, error);
  }
}

function cutOff(host: string): AuroraError {
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} stopped in the middle of a list of tasks.`,
    hint: `Look whether the agent runs on ${host}; the list can be asked for again.`,
    details: { host },
  });
}

function garbled(host: string, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'agent-garbled',
    message: `The agent of ${host} sent something else than tasks: ${messageOf(cause)}.`,
    hint: 'Check that bot and agent are of the same release.',
    cause,
    details: { host },
  });
}

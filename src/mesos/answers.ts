import { z } from 'zod';
import { countTasks } from '../aurora/tasks.ts';
import { readElements } from '../streams/read-elements.ts';
import { AnswerFault, type OperatorCall } from './operator-api.ts';

// Only the fields we use (mesos.md 4.5). A list may be absent as well as empty: releases differ.

const id = z.object({ value: z.string().min(1) });

/**
 * Nanoseconds since the epoch, as milliseconds. They exceed 2^53, so the number has been rounded by up to a few hundred
 * nanoseconds on the way; some releases write a string.
 */
const timeMs = z
  .object({ nanoseconds: z.union([z.number(), z.string().regex(/^-?\d+$/)]) })
  .transform(({ nanoseconds }) => Math.floor(Number(nanoseconds) / 1e6));

const mesosTask = z.object({
  name: z.string(),
  task_id: id,
  framework_id: id,
  agent_id: id,
  state: z.string(),
  labels: z
    .object({ labels: z.array(z.object({ key: z.string(), value: z.string().optional() })).default([]) })
    .optional(),
});
export type MesosTask = z.infer<typeof mesosTask>;

const framework = z.object({
  framework_info: z.object({
    name: z.string(),
    id,
    /** Seconds; Mesos' own default is 0: no time at all. */
    failover_timeout: z.number().default(0),
  }),
  connected: z.boolean().default(false),
  unregistered_time: timeMs.optional(),
});
export type MesosFramework = z.infer<typeof framework>;

/** A call, and what its answer says. */
export interface Question<T> {
  readonly call: OperatorCall;
  /** Reads the answer to its end; throws AnswerFault for one that is not of this shape, or not whole. */
  readonly read: (body: AsyncIterable<Buffer>) => Promise<T>;
}

/** Of an answer that does not grow with the tasks: one about ten thousand frameworks is a tenth of it. */
const wholeBytesMax = 64 * 1024 ** 2;

function wholeQuestion<T>(call: OperatorCall, schema: z.ZodType<T>): Question<T> {
  return {
    call,
    read: async (body) => {
      const parsed = schema.safeParse(parseJson(await wholeText(call, body)));
      if (parsed.success) return parsed.data;
      throw new AnswerFault(noSuchShape(call));
    },
  };
}

async function wholeText(call: OperatorCall, body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > wholeBytesMax)
      throw new AnswerFault(`its answer to ${call} has more than ${wholeBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AnswerFault('its answer is not complete JSON');
  }
}

function noSuchShape(call: OperatorCall): string {
  return `its answer to ${call} does not have the shape of the v1 operator API`;
}

/** The list `name` of an answer as it arrives, however long; a list may be absent as well as empty: releases differ. */
function listQuestion<T>(
  call: OperatorCall,
  list: { readonly inside: string; readonly name: string },
  consume: (elements: AsyncIterable<unknown>) => Promise<T>,
): Question<T> {
  return { call, read: (body) => consume(elementsOf(call, list, body)) };
}

async function* elementsOf(
  call: OperatorCall,
  { inside, name }: { readonly inside: string; readonly name: string },
  body: AsyncIterable<Buffer>,
): AsyncGenerator<unknown> {
  try {
    let isThere = false;
    const sees = (path: readonly string[]): void => {
      isThere ||= path.length === 1 && path[0] === inside;
    };
    const wants = (path: readonly string[]) => path.length === 2 && path[0] === inside && path[1] === name;
    for await (const { value } of readElements(body, { wants, sees })) yield value;
    if (!isThere) throw new AnswerFault(noSuchShape(call));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new AnswerFault(`its answer is not complete JSON: ${error.message}`);
    throw error;
  }
}

export const getMaster = wholeQuestion(
  'GET_MASTER',
  z.object({
    get_master: z.object({
      master_info: z.object({ id: z.string() }),
      /** Seconds since the epoch; releases before it was added leave it out. */
      elected_time: z.number().optional(),
    }),
  }),
);

/** How many agents have not registered again. */
export const getAgents = listQuestion(
  'GET_AGENTS',
  { inside: 'get_agents', name: 'recovered_agents' },
  countTasks,
);

export const getFrameworks = wholeQuestion(
  'GET_FRAMEWORKS',
  z.object({
    get_frameworks: z.object({
      frameworks: z.array(framework).default([]),
      completed_frameworks: z.array(framework).default([]),
    }),
  }),
);

/** Every task that the master lists, of all frameworks and in every state, to `consume`. */
export function getTasks<T>(consume: (tasks: AsyncIterable<MesosTask>) => Promise<T>): Question<T> {
  return listQuestion('GET_TASKS', { inside: 'get_tasks', name: 'tasks' }, (elements) =>
    consume(tasksOf(elements)),
  );
}

async function* tasksOf(elements: AsyncIterable<unknown>): AsyncGenerator<MesosTask> {
  for await (const element of elements) {
    const parsed = mesosTask.safeParse(element);
    if (!parsed.success) throw new AnswerFault(noSuchShape('GET_TASKS'));
    yield parsed.data;
  }
}

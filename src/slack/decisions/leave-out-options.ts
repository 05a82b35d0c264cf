/**
 * What can be left out, as options to search in. Task ids and job names may be longer than what an option holds (slack.md
 * 4.1), so an option carries the beginning of their hash, and what was chosen is looked up in what is staged.
 */
import { createHash } from 'node:crypto';
import type { PlainTextOption } from '@slack/types';
import { nearestOf } from '../../aurora/nearest.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import type { StagedTask } from '../../restore/record/staged-task.ts';
import type { Offered } from '../conversation.ts';
import { plain } from '../escape.ts';
import { count } from '../time.ts';

/** Slack takes no more options at once. */
export const optionsMax = 100;
const optionChars = 75;
const nearestMax = 10;

/** `role/environment/name · 12 tasks`, in the order of `sizes`; every word that was typed has to stand in the name. */
export function offerJobs(sizes: ReadonlyMap<string, number>, typed: string): Offered {
  const fits = matcher(typed);
  const jobs = [...sizes].filter(([job]) => fits(job));
  const options = jobs.slice(0, optionsMax).map(jobOption);
  return options.length === 0 ? offerNearest(sizes, typed) : offered(options, jobs.length > optionsMax);
}

/** Whoever is a slip of the finger away from a job is shown which, and chooses. A job is known by its last name as well as by all of it. */
function offerNearest(sizes: ReadonlyMap<string, number>, typed: string): Offered {
  const word = typed.trim();
  const byName = Map.groupBy(sizes, ([job]) => job.split('/').at(-1) ?? job);
  const found = nearestOf(word, byName.keys()).flatMap((name) => byName.get(name) ?? []);
  const whole = nearestOf(word, sizes.keys()).map((job): [string, number] => [job, sizes.get(job) ?? 0]);
  const options = [...new Map([...whole, ...found])].slice(0, nearestMax).map(jobOption);
  return { options, heading: options.length === 0 ? null : 'No job is called that. Did you mean:' };
}

function jobOption([job, size]: readonly [string, number]): PlainTextOption {
  const tail = ` · ${count(size, 'task')}`;
  return optionOf(`${bothEnds(job, optionChars - tail.length)}${tail}`, job);
}

/** The id of a task, and under it its job and how it was when the backup was made. Reads no further than it has to. */
export async function offerTasks(staged: AsyncIterable<StagedTask>, typed: string): Promise<Offered> {
  const fits = matcher(typed);
  const options: PlainTextOption[] = [];
  for await (const task of staged) {
    const { jobKey, taskId, status, flaw = '' } = task;
    if (!fits(`${jobKeyText(jobKey)} ${taskId} ${status} ${flaw}`)) continue;
    if (options.length === optionsMax) return offered(options, true);
    options.push(taskOption(task));
  }
  return offered(options, false);
}

/** Those that no scheduler survives, as many as a form can choose beforehand. */
export function unlivableTasks(staged: readonly StagedTask[]): PlainTextOption[] {
  return staged
    .filter(({ flaw }) => flaw !== undefined)
    .slice(0, optionsMax)
    .map(taskOption);
}

function taskOption({ taskId, jobKey, status, flaw }: StagedTask): PlainTextOption {
  const tail = ` · ${plain(status, 20)}${flaw === undefined ? '' : ` · ${flaw}`}`;
  const job = bothEnds(jobKeyText(jobKey), optionChars - tail.length);
  return optionOf(bothEnds(taskId, optionChars), taskId, `${job}${tail}`);
}

/** What was chosen, by name. A value that is not staged stays as it is: the service says so to whoever chose it. */
export function readChoice(
  staged: readonly StagedTask[],
  chosen: { jobs: readonly string[]; tasks: readonly string[] },
): { jobs: string[]; taskIds: string[] } {
  const jobs = namesOf(
    staged.map(({ jobKey }) => jobKeyText(jobKey)),
    chosen.jobs,
  );
  const tasks = namesOf(
    staged.map(({ taskId }) => taskId),
    chosen.tasks,
  );
  return { jobs: jobs.known, taskIds: [...tasks.known, ...jobs.unknown, ...tasks.unknown] };
}

function namesOf(names: readonly string[], values: readonly string[]) {
  const wanted = new Set(values);
  const known = new Map(
    [...new Set(names)].flatMap((name): [string, string][] => {
      const value = optionValue(name);
      return wanted.has(value) ? [[value, name]] : [];
    }),
  );
  return { known: [...known.values()], unknown: [...wanted].filter((value) => !known.has(value)) };
}

function offered(options: readonly PlainTextOption[], hasMore: boolean): Offered {
  return {
    options,
    heading: hasMore ? `More than these ${optionsMax} match: keep typing to narrow them down` : null,
  };
}

function optionOf(text: string, name: string, description?: string): PlainTextOption {
  return {
    text: { type: 'plain_text', text },
    value: optionValue(name),
    ...(description === undefined ? {} : { description: { type: 'plain_text', text: description } }),
  };
}

function optionValue(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}

function matcher(typed: string): (text: string) => boolean {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (text) => {
    const within = text.toLowerCase();
    return words.every((word) => within.includes(word));
  };
}

/** The beginning says whose it is and the end which one: what is too long is cut between them. Never empty. */
function bothEnds(text: string, max: number): string {
  const line = plain(text, 2_000);
  if (line.length <= max) return line === '' ? '–' : line;
  const end = Math.floor((max - 1) / 2);
  const cut = `${line.slice(0, max - 1 - end)}…${line.slice(-end)}`;
  // Halves of characters that the cut went through.
  return cut.replace(/\p{Cs}/gu, '');
}

/**
 * What can be left out, as options to search in. Task ids and job names may be longer than what an option holds (slack.md
 * 4.1), so an option carries the beginning of their hash, and what was chosen is looked up in what is staged.
 */
import { createHash } from 'node:crypto';
import type { PlainTextOption } from '@slack/types';
import { jobKeyText } from '../../aurora/tasks.ts';
import type { StagedTask } from '../../restore/record/staged-task.ts';
import type { Offered } from '../conversation.ts';
import { plain } from '../escape.ts';
import { count } from '../time.ts';

/** Slack takes no more options at once. */
export const optionsMax = 100;
const optionChars = 75;

/** `role/environment/name · 12 tasks`; every word that was typed has to stand in the name. */
export function offerJobs(staged: readonly StagedTask[], typed: string): Offered {
  const sizes = new Map<string, number>();
  for (const { jobKey } of staged) {
    const job = jobKeyText(jobKey);
    sizes.set(job, (sizes.get(job) ?? 0) + 1);
  }
  const fits = matcher(typed);
  const jobs = [...sizes].filter(([job]) => fits(job)).sort(([a], [b]) => (a < b ? -1 : 1));
  return offer(jobs, ([job, size]) => {
    const tail = ` · ${count(size, 'task')}`;
    return optionOf(`${bothEnds(job, optionChars - tail.length)}${tail}`, job);
  });
}

/** The id of a task, and under it its job and how it was when the backup was made. */
export function offerTasks(staged: readonly StagedTask[], typed: string): Offered {
  const fits = matcher(typed);
  // By job and then by id. The key is made once a task: there may be tens of thousands, and somebody is typing.
  const tasks = staged
    .map((task) => ({ ...task, key: `${jobKeyText(task.jobKey)} ${task.taskId}` }))
    .filter(({ key, status, flaw = '' }) => fits(`${key} ${status} ${flaw}`))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return offer(tasks, taskOption);
}

/** Those that no scheduler can live on, as many as a form can choose beforehand. */
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

function offer<T>(found: readonly T[], option: (one: T) => PlainTextOption): Offered {
  return {
    options: found.slice(0, optionsMax).map(option),
    heading:
      found.length > optionsMax
        ? `${found.length - optionsMax} more than these ${optionsMax}: type on to narrow it`
        : null,
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

/**
 * What the agents say of what somebody is asked to sign: the bot's word is not taken for it. A passkey does not show what it
 * signs, and a page shows what its server says; this asks the hosts.
 */
import { messageOf } from '../aurora/errors.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import type { Statement } from '../aurora/statement.ts';
import { jobKeyText, type TaskRow } from '../aurora/tasks.ts';
import { digestStagedSet } from '../backups/digest.ts';

interface Word {
  /** A sentence for whoever signs. */
  readonly says: string;
  /** `null` where agents cannot tell. */
  readonly agrees: boolean | null;
}

/** One entry for each thing that was asked; nothing throws: an agent that does not answer is a word, too. */
export async function askAgents(
  statement: Statement,
  agents: readonly HostAgent[],
): Promise<readonly Word[]> {
  const asked = new Set(agents.map(({ host }) => host));
  const missing = statement.hosts.filter((host) => !asked.has(host));
  const words: Word[] = await Promise.all(agents.map((agent) => askHost(statement, agent)));
  if (missing.length > 0) {
    words.push({ says: `Not asked: ${missing.join(', ')}. Name each with --agent URL.`, agrees: false });
  }
  words.push(await askAboutTasks(statement, agents));
  if (statement.tasks !== null) {
    words.push({
      says: `What it would do to running tasks (${statement.tasks.killed} killed, ${statement.tasks.startedAgain} started again, ${statement.tasks.kept} kept) is the bot's word: agents do not ask Mesos.`,
      agrees: null,
    });
  }
  return words;
}

async function askHost(statement: Statement, agent: HostAgent): Promise<Word> {
  const { host } = agent;
  if (!statement.hosts.includes(host)) {
    return { says: `${host} is not among the hosts of the statement.`, agrees: false };
  }
  try {
    const { configured, scheduler, traffic, log } = await agent.readStatus();
    if (configured !== undefined && configured.cluster !== statement.cluster) {
      return {
        says: `${host} belongs to ${configured.cluster}, not to ${statement.cluster}.`,
        agrees: false,
      };
    }
    return {
      says: `${host}: scheduler ${scheduler.service}, traffic ${traffic}, log of ${log.files} files.`,
      agrees: true,
    };
  } catch (error) {
    return { says: `${host} does not answer: ${messageOf(error)}`, agrees: false };
  }
}

/** The tasks themselves: staged, in the file, or in the old log that was brought back. */
async function askAboutTasks(statement: Statement, agents: readonly HostAgent[]): Promise<Word> {
  const { intent, procedure, staged } = statement;
  if (intent === 'go-back' || intent === 'release') {
    return {
      says: 'What it leads to was signed with the commit; agents have nothing more to say.',
      agrees: null,
    };
  }
  if (intent === 'stop') return await askAboutBackup(statement, agents);
  if (staged === null)
    return { says: 'The statement does not say which tasks would be committed.', agrees: false };
  if (procedure === 'recovery-tool') return await askAboutBackup(statement, agents);
  return await askSchedulers(agents, {
    staged,
    read: ({ scheduler }) =>
      procedure === 'staged' ? scheduler.queryStaged(lookAtTasks) : scheduler.listTasks(lookAtTasks),
    where: procedure === 'staged' ? 'staged' : 'in the old log',
  });
}

async function askSchedulers(
  agents: readonly HostAgent[],
  about: {
    staged: string;
    read: (agent: HostAgent) => Promise<SeenTasks | null>;
    where: string;
  },
): Promise<Word> {
  const found: Word[] = [];
  for (const agent of agents) {
    const seen = await about.read(agent).catch(() => null);
    if (seen === null) continue;
    const { digest, tasks, jobs } = seen;
    found.push({
      says: `${agent.host} has ${tasks} tasks ${about.where}, ${digest === about.staged ? 'exactly those of the statement' : 'and they are not those of the statement'}: ${listJobs(jobs)}.`,
      agrees: digest === about.staged,
    });
  }
  return (
    found.find(({ agrees }) => agrees === true) ??
    found[0] ?? { says: `No host has anything ${about.where}.`, agrees: false }
  );
}

/** The chosen file by its content: hosts that no longer list it may hold a copy, which is not asked for. */
async function askAboutBackup(statement: Statement, agents: readonly HostAgent[]): Promise<Word> {
  const { backup, oldLogOf, leftOut } = statement;
  if (backup === null)
    return {
      says: `It is about the log that ${oldLogOf ?? 'another restore'} has set aside; agents read it once it is back.`,
      agrees: null,
    };
  for (const agent of agents) {
    const files = await agent.listBackups().catch(() => []);
    const file = files.find(({ report }) => report?.sha256 === backup);
    if (file?.report == null) continue;
    const { report, name } = file;
    const what = `${agent.host} has the backup of the statement: ${name}, ${report.tasks.total} tasks, ${report.verdict}`;
    if (statement.staged === null || leftOut.tasks > 0) {
      const left = leftOut.tasks === 0 ? '' : `; ${leftOut.tasks} of them are left out`;
      return { says: `${what}${left}.`, agrees: true };
    }
    const { digest } = await digestStagedSet(agent.readBackupTasks(name));
    const same = digest === statement.staged;
    return {
      says: `${what}; ${same ? 'exactly the tasks of the statement' : 'its tasks are not those of the statement'}.`,
      agrees: same,
    };
  }
  return { says: 'No host lists a backup with that content.', agrees: false };
}

interface SeenTasks {
  readonly digest: string;
  readonly tasks: number;
  /** How many tasks each has. */
  readonly jobs: ReadonlyMap<string, number>;
}

async function lookAtTasks(rows: AsyncIterable<TaskRow>): Promise<SeenTasks> {
  const jobs = new Map<string, number>();
  const counted = async function* (): AsyncGenerator<TaskRow> {
    for await (const row of rows) {
      const job = jobKeyText(row.jobKey);
      jobs.set(job, (jobs.get(job) ?? 0) + 1);
      yield row;
    }
  };
  return { ...(await digestStagedSet(counted())), jobs };
}

/** The largest jobs first. */
function listJobs(counts: ReadonlyMap<string, number>): string {
  const jobs = [...counts].sort(([, a], [, b]) => b - a);
  const shown = jobs.slice(0, 10).map(([job, tasks]) => `${job} (${tasks})`);
  if (jobs.length > shown.length) shown.push(`${jobs.length - shown.length} more jobs`);
  return shown.join(', ') || 'none';
}

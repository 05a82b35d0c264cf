/**
 * The story of one proof, told inside: make a log, get the backup into it, start a scheduler on what was committed, and see that it lives
 * and shows the same tasks. Staging with OK proves nothing: a backup of a real cluster was staged and committed, and ended every scheduler
 * that loaded it (aurora.md 16).
 */
import { mkdir } from 'node:fs/promises';
import { isRestorable } from '../../aurora/backups.ts';
import { messageOf } from '../../aurora/errors.ts';
import { hideSecrets } from '../../aurora/hidden.ts';
import { digestStagedSet } from '../../backups/digest.ts';
import { RpcError } from '../../thrift/rpc-error.ts';
import { TransportError } from '../../thrift/transport.ts';
import { parseInitializerOutput } from '../drivers/log-initializer.ts';
import { parseToolOutput, toolFlagsOf } from '../drivers/recovery-tool.ts';
import { fillArguments } from '../run-command.ts';
import { type FileFacts, faultOfShown } from './file-facts.ts';
import type { ProofFinding, ProofWay } from './job.ts';
import {
  type LoneScheduler,
  loneFlags,
  type ProofPlace,
  startLoneScheduler,
  withFlags,
} from './lone-scheduler.ts';
import { startProgram } from './program.ts';

type Verdict = Pick<ProofFinding, 'verdict' | 'says' | 'tasks'> & { tail?: string };

const alivePollMs = 300;

/** Never throws: what goes wrong with the proof itself is `unknown`. */
export async function proveOneWay(
  place: ProofPlace,
  way: ProofWay,
  file: { readonly path: string; readonly facts: FileFacts },
): Promise<ProofFinding> {
  const { clock } = place;
  const startedAt = clock.now();
  const verdict = await tell(place, way, file).then(
    (told) => unlessStarved(told, file.facts),
    (error: unknown): Verdict => unknown(`The proof failed: ${messageOf(error)}`),
  );
  return {
    way,
    verdict: verdict.verdict,
    says: hideSecrets(verdict.says).slice(0, 1_000),
    tasks: verdict.tasks,
    tookMs: clock.now() - startedAt,
    tail: hideSecrets(verdict.tail ?? '').slice(-8_000),
  };
}

async function tell(
  place: ProofPlace,
  way: ProofWay,
  { path, facts }: { readonly path: string; readonly facts: FileFacts },
): Promise<Verdict> {
  const log = await initializeLog(place);
  if (log !== null) return log;
  const taken = way === 'staged' ? await takeStaged(place, facts) : await takeByTool(place, path);
  if (taken !== null) return taken;
  return await liveOn(place, facts);
}

/** `null` when a blank log is there. */
async function initializeLog({ job, log, clock }: ProofPlace): Promise<Verdict | null> {
  await mkdir(log, { mode: 0o700 });
  const { argv, env } = job.initializeLog;
  const program = startProgram(
    { argv: fillArguments(argv, { path: log }), env },
    { cwd: job.place.scratch, clock },
  );
  await program.end;
  const answer = parseInitializerOutput({ exitCode: program.ended()?.code ?? null, stderr: program.said() });
  if (answer.exitCode === 0 && answer.persisted) return null;
  return unknown(`No log could be made: mesos-log said ${answer.said || 'nothing'}.`, program.tail());
}

/** Staged, compared, committed: `null` when all of it went well. */
async function takeStaged(place: ProofPlace, facts: FileFacts): Promise<Verdict | null> {
  const scheduler = startLoneScheduler(place);
  try {
    const late = await scheduler.untilReady();
    if (late !== null) {
      return unknown(`The scheduler, on a blank log, ${late.says}.`, scheduler.program.tail());
    }
    return await stageAndCommit(scheduler, place, facts);
  } finally {
    await scheduler.program.stop();
  }
}

async function stageAndCommit(
  { client, reader, program }: LoneScheduler,
  { job }: ProofPlace,
  facts: FileFacts,
): Promise<Verdict | null> {
  const refusal = await refusalOf(client.call('stageRecovery', { backupId: job.backup.name }));
  if (refusal !== null) return refuted(`Aurora does not take it: ${refusal}`, null, program.tail());
  const shown = await reader.queryStaged(digestStagedSet).catch((error: unknown) => {
    if (error instanceof RpcError) return error.message;
    throw error;
  });
  if (shown === null || typeof shown === 'string') {
    return refuted(
      `Aurora stages it and cannot show it: ${shown ?? 'nothing is staged'}`,
      null,
      program.tail(),
    );
  }
  const fault = faultOfShown(facts, shown);
  if (fault !== null) return refuted(fault, shown.tasks);
  const failure = await refusalOf(client.call('commitRecovery', {}));
  return failure === null
    ? null
    : refuted(`Aurora stages it and cannot commit it: ${failure}`, shown.tasks, program.tail());
}

/** What the scheduler said no with. An answer that is cut is none: 0.9 ends before it has answered a commit. */
async function refusalOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof RpcError) return error.messages.join('; ') || error.message;
    if (error instanceof TransportError && error.code === 'rpc-connection-broken') return null;
    throw error;
  }
}

async function takeByTool(place: ProofPlace, backup: string): Promise<Verdict | null> {
  const { job, clock } = place;
  if (job.recoveryTool === null) return unknown('This host knows no recovery tool.');
  const { argv, env } = job.recoveryTool;
  const program = startProgram(
    {
      argv: withFlags(argv, toolFlagsOf(loneFlags(place))).flatMap((one) => fillArguments([one], { backup })),
      env,
    },
    { cwd: job.place.scratch, clock },
  );
  await program.end;
  const answer = parseToolOutput({
    exitCode: program.ended()?.code ?? null,
    stdout: '',
    stderr: program.said(),
  });
  if (answer.exitCode === 0 && answer.copied !== null) return null;
  return refuted(
    `The recovery tool does not take it: ${answer.said || 'it said nothing'}`,
    null,
    answer.tail,
  );
}

/** The proof itself: a scheduler on what was committed, READY, alive for a while, and with the same tasks. */
async function liveOn(place: ProofPlace, facts: FileFacts): Promise<Verdict> {
  const { job, clock } = place;
  const scheduler = startLoneScheduler(place);
  const { reader, program } = scheduler;
  try {
    const late = await scheduler.untilReady();
    if (late !== null) return judgeEnd(late, program.tail());
    const until = clock.now() + job.bounds.aliveMs;
    do {
      const gone = await scheduler.whyGone();
      if (gone !== null) return judgeEnd(gone, program.tail());
      await clock.sleep(alivePollMs);
    } while (clock.now() < until);
    const shown = await reader.listTasks(digestStagedSet);
    const fault = faultOfShown(facts, shown);
    return fault === null
      ? {
          verdict: 'proven',
          says: `A scheduler runs on it and shows all ${shown.tasks} of its tasks.`,
          tasks: shown.tasks,
        }
      : refuted(`After the commit: ${fault}`, shown.tasks);
  } finally {
    await program.stop();
  }
}

function judgeEnd({ dead, says }: { dead: boolean; says: string }, tail: string): Verdict {
  return dead
    ? refuted(`Aurora takes it, and the scheduler that loads it ${says}.`, null, tail)
    : unknown(`The scheduler that loads it ${says}.`, tail);
}

/** A heap that is too small says nothing of a backup that is whole; of one that is not, it is how Java refuses it. */
function unlessStarved(verdict: Verdict, { report }: FileFacts): Verdict {
  const starved = `${verdict.says} ${verdict.tail ?? ''}`.includes('OutOfMemoryError');
  if (verdict.verdict !== 'refuted' || !starved || !isRestorable(report)) return verdict;
  return unknown(`The scheduler had too little memory (prove.heapMib). ${verdict.says}`, verdict.tail);
}

function refuted(says: string, tasks: number | null, tail = ''): Verdict {
  return { verdict: 'refuted', says, tasks, tail };
}

function unknown(says: string, tail = ''): Verdict {
  return { verdict: 'unknown', says, tasks: null, tail };
}

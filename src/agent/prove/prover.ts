/**
 * Proves backups of this host, one at a time and never beside a restore: whether it may, which one, the job itself, and what is kept of it.
 * It changes nothing of the cluster, so it is no operation and needs no grant; a grant ends it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type BackupFile, isRestorable } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { BackupProof, ProveStatus } from '../../aurora/proof.ts';
import type { BackupLibrary } from '../backup-library.ts';
import { readPlain } from '../files/plain-file.ts';
import { readProcessStart } from '../files/processes.ts';
import type { OperationTools } from '../operations/operation.ts';
import { buildJob, hiddenPlaces, waysOf, whyNotAs } from './build-job.ts';
import { whyNotNow } from './host-quiet.ts';
import type { Isolation } from './isolation.ts';
import type { Job, ProofFinding } from './job.ts';
import type { Holder, ProofStore } from './proof-store.ts';
import type { ProveConfig } from './prove-config.ts';
import { clearLeftovers, runJob } from './run-job.ts';

export interface Prover {
  /** The newest whole backup, or that one. AuroraError `prove-not-now`, `prove-busy`, `prove-impossible`, `backup-missing`, `no-backup`. */
  prove(name?: string): Promise<readonly BackupProof[]>;
  /** The newest whole backup that has no proof yet; `null` when there is nothing to do. Throws as `prove`. */
  proveNewest(): Promise<readonly BackupProof[] | null>;
  /** A restore begins: ends what runs, whoever runs it. */
  giveWay(): void;
  status(): Promise<ProveStatus>;
  /** Takes away what a killed one has left. Call once, at the start. */
  clear(): Promise<void>;
  /** Ends what this process proves; may be asked twice. */
  close(): Promise<void>;
}

interface ProverParts {
  readonly tools: OperationTools;
  readonly prove: ProveConfig;
  readonly isolation: Isolation;
  readonly library: Pick<BackupLibrary, 'find' | 'list'>;
  readonly store: ProofStore;
}

const askedAgainMs = 600_000;

/** Nothing happens before it is asked. */
export function createProver({ tools, prove, isolation, library, store }: ProverParts): Prover {
  const { config, clock } = tools;
  const ways = waysOf(config, prove);
  let running: { abort: AbortController; done: Promise<unknown> } | null = null;
  let runningName: string | null = null;
  let closed: Promise<void> | null = null;

  const whyNever = async (): Promise<string | null> =>
    (await isolation.whyNot()) ?? (await whyNotAs(prove.account));

  const livingHolder = async (): Promise<Holder | null> => {
    const holder = store.holder();
    if (holder === null || (await readProcessStart(holder.pid)) === holder.start) return holder;
    store.endTurn(holder);
    return null;
  };

  const run = async (file: BackupFile, signal: AbortSignal): Promise<readonly BackupProof[]> => {
    const id = randomBytes(8).toString('hex');
    const own = { pid: process.pid, start: (await readProcessStart(process.pid)) ?? '', proofId: id };
    await livingHolder();
    if (store.takeTurn(own).proofId !== id) throw busy();
    runningName = file.name;
    try {
      const path = join(config.paths.backups, file.name);
      const { values } = await tools.flags.read();
      const { bytes, sha256 } = file.report;
      const job = await buildJob(config, prove, {
        ways,
        backup: { name: file.name, bytes, sha256 },
        hostFlags: values,
      });
      const { uid, gid } = job.place;
      const { scratchMib, memoryMib, seconds } = prove;
      const startedAt = clock.now();
      const found = await runJob({
        isolation,
        request: { id, account: { uid, gid }, hidden: hiddenPlaces(config), scratchMib, memoryMib, seconds },
        directory: prove.directory,
        job,
        bytes: readPlain(path, config.bounds.uploadBytes),
        clock,
        signal,
      });
      const findings: readonly ProofFinding[] =
        typeof found === 'string' ? ways.map((way) => failed(way, found, clock.now() - startedAt)) : found;
      const proofs = findings.map(({ way, verdict, says, tasks, tookMs }) => ({
        ...{ sha256, atMs: clock.now(), tookMs, auroraVersion: config.auroraVersion },
        ...{ way, verdict, says, tasks },
      }));
      for (const proof of proofs) store.save(proof);
      return proofs;
    } finally {
      runningName = null;
      store.endTurn(own);
    }
  };

  const begin = async (choose: () => Promise<BackupFile | null>): Promise<readonly BackupProof[] | null> => {
    if (running !== null) throw busy();
    const abort = new AbortController();
    const work = (async () => {
      const why = (await whyNever()) ?? (await whyNotNow(tools, prove, store));
      if (why !== null) throw notNow(why);
      const file = await choose();
      return file === null ? null : await run(file, abort.signal);
    })();
    running = { abort, done: work.catch(() => undefined) };
    try {
      return await work;
    } finally {
      running = null;
    }
  };

  /** Asking starts processes, and a status is asked for every few seconds. */
  let asked: { atMs: number; why: Promise<string | null> } | null = null;
  const possible = (): Promise<string | null> => {
    if (asked === null || clock.now() - asked.atMs > askedAgainMs) {
      asked = { atMs: clock.now(), why: whyNever() };
    }
    return asked.why;
  };

  const newestWhole = async (): Promise<BackupFile | null> =>
    (await library.list()).find(({ report }) => isRestorable(report)) ?? null;

  return {
    prove: async (name) =>
      (await begin(async () => {
        const file = name === undefined ? await newestWhole() : await library.find(name);
        if (file === null) throw noBackup(config.paths.backups);
        return file;
      })) ?? [],
    proveNewest: () =>
      begin(async () => {
        const file = await newestWhole();
        if (file === null) return null;
        const known = store
          .find(file.report.sha256, config.auroraVersion)
          .filter(({ verdict }) => verdict !== 'unknown');
        return ways.every((way) => known.some((proof) => proof.way === way)) ? null : file;
      }),
    giveWay: () => {
      running?.abort.abort();
      // Nothing of this may stand in the way of the restore: not a full disk, and not a process that has ended meanwhile.
      void (async () => {
        store.noteGrant(clock.now());
        const holder = await livingHolder();
        if (holder !== null && holder.pid !== process.pid) process.kill(holder.pid, 'SIGTERM');
      })().catch(() => undefined);
    },
    status: async () => ({
      at: prove.at ?? null,
      running: runningName,
      impossible: await possible(),
      recent: store.recent(),
    }),
    clear: async () => {
      const holder = await livingHolder();
      await clearLeftovers(prove.directory, isolation, holder?.proofId ?? null);
    },
    close: () => {
      closed ??= (async () => {
        running?.abort.abort();
        await running?.done;
        store.close();
      })();
      return closed;
    },
  };
}

function failed(way: Job['ways'][number], says: string, tookMs: number): ProofFinding {
  return { way, verdict: 'unknown', says: says.slice(0, 1_000), tasks: null, tookMs, tail: '' };
}

function busy(): AuroraError {
  return new AuroraError({
    code: 'prove-busy',
    message: 'A backup is being proven on this host already.',
    hint: 'Wait for its end: one runs at a time.',
  });
}

function notNow(why: string): AuroraError {
  return new AuroraError({
    code: 'prove-not-now',
    message: `No backup is proven now. ${why}`,
    hint: 'docs/prove.md says what a proof needs; nothing was started.',
  });
}

function noBackup(directory: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `There is no whole backup in ${directory}.`,
    hint: 'Look at the list of backups of this host.',
  });
}

/**
 * The outline of a backup, read in one pass. Memory goes by jobs and their configurations, never by tasks: a task's configuration
 * is looked up by the hash of its bytes, and only one that was not seen yet is read.
 */
import { hash } from 'node:crypto';
import { AuroraError } from '../aurora/errors.ts';
import type { OutlineEntry } from '../aurora/outline.ts';
import { statusName, terminalStatuses } from '../aurora/tasks.ts';
import { CodecError } from '../thrift/codec-error.ts';
import type { Cursor } from '../thrift/cursor.ts';
import {
  cronEntry,
  fingerprintConfig,
  jobKeyOfConfig,
  quotaEntry,
  updateEntry,
} from '../thrift/outline-parts.ts';
import { StreamReader, type Treatment } from '../thrift/stream-reader.ts';
import {
  quotaConfiguration,
  schedulerMetadata,
  snapshot,
  storedCronJob,
  storedJobUpdateDetails,
  taskConfig,
} from '../thrift/structs.ts';
import { readStruct } from '../thrift/tbinary-reader.ts';
import { stop, typeByte, typeBytes } from '../thrift/tbinary-types.ts';

/** A cluster of ten thousand machines has some ten thousand jobs; a file that claims more may only be meant to fill memory. */
const jobsMax = 500_000;
const rememberedMax = 100_000;

/** Field ids of ScheduledTask and AssignedTask (api.thrift; aurora.md 3.3). */
const ofTask = { assignedTask: 1, status: 2 };
const ofAssigned = { task: 4 };

interface Config {
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Entries as they are known: what is few as it is read, jobs at the end. `name` is for errors: AuroraError `backup-broken` for bytes
 * that are not a whole backup, and then what came before is not the whole; `backup-too-many-jobs`.
 */
export async function* readOutline(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): AsyncGenerator<OutlineEntry> {
  const fold = new OutlineFold(name);
  const reader = new StreamReader((id, type) => {
    const field = snapshot.fieldById.get(id);
    if (field === undefined || typeByte(field.type) !== type) return skip;
    return fold.treatments[field.name] ?? skip;
  });
  try {
    for await (const chunk of chunks) {
      reader.push(chunk);
      yield* fold.takeRead();
    }
    reader.finish();
  } catch (thrown) {
    if (!(thrown instanceof CodecError)) throw thrown;
    throw new AuroraError({
      code: 'backup-broken',
      message: `The backup ${name} is broken: ${thrown.problem}.`,
      hint: 'Choose another backup; every scheduler host has its own.',
    });
  }
  yield* fold.takeRead();
  yield* fold.rest();
}

const skip: Treatment = { kind: 'skip' };

class OutlineFold {
  readonly #name: string;
  #atMs: number | null = null;
  #frameworkId: string | null = null;
  #read: OutlineEntry[] = [];
  readonly #jobs = new Map<string, { active: number; ended: number; configs: Map<string, number> }>();
  readonly #configs = new Map<string, Config>();

  constructor(name: string) {
    this.#name = name;
  }

  readonly treatments: Readonly<Record<string, Treatment>> = {
    timestamp: {
      kind: 'value',
      read: (cursor) => {
        this.#atMs = cursor.i64();
      },
    },
    schedulerMetadata: {
      kind: 'value',
      read: (cursor) => {
        this.#frameworkId = readStruct(cursor, schedulerMetadata, 2).frameworkId || null;
      },
    },
    tasks: elements((cursor) => {
      const { config, status } = this.#readTask(cursor);
      if (config !== null) this.#count(config, status);
    }),
    cronJobs: elements((cursor) => {
      const { jobConfiguration = {} } = readStruct(cursor, storedCronJob, 2);
      const entry = cronEntry(jobConfiguration);
      if (entry !== null) this.#read.push(entry);
    }),
    quotaConfigurations: elements((cursor) => {
      this.#read.push(quotaEntry(readStruct(cursor, quotaConfiguration, 2)));
    }),
    jobUpdateDetails: elements((cursor) => {
      this.#read.push(updateEntry(readStruct(cursor, storedJobUpdateDetails, 2).details?.update?.summary));
    }),
  };

  takeRead(): OutlineEntry[] {
    return this.#read.splice(0);
  }

  *rest(): Generator<OutlineEntry> {
    yield { of: 'cluster', atMs: this.#atMs, frameworkId: this.#frameworkId };
    for (const [key, { active, ended, configs }] of this.#jobs)
      yield { of: 'job', key, active, ended, configs: Object.fromEntries(configs) };
  }

  /** Nothing is changed before the last read: a task that is cut is read again. */
  #readTask(cursor: Cursor): { config: Config | null; status: string } {
    let config: Config | null = null;
    let status = 'UNKNOWN(absent)';
    for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
      const id = cursor.i16();
      if (id === ofTask.assignedTask && byte === typeBytes.struct) config = this.#readAssigned(cursor);
      else if (id === ofTask.status && byte === typeBytes.i32) status = statusName(cursor.i32());
      else cursor.skip(byte, 3);
    }
    return { config, status };
  }

  #readAssigned(cursor: Cursor): Config | null {
    let config: Config | null = null;
    for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
      const id = cursor.i16();
      if (id === ofAssigned.task && byte === typeBytes.struct) config = this.#readConfig(cursor);
      else cursor.skip(byte, 4);
    }
    return config;
  }

  #readConfig(cursor: Cursor): Config {
    const start = cursor.at;
    cursor.skip(typeBytes.struct, 4);
    const end = cursor.at;
    const bytes = hash('sha1', cursor.bytes.subarray(start, end), 'base64');
    const known = this.#configs.get(bytes);
    if (known !== undefined) return known;
    cursor.at = start;
    const parts = readStruct(cursor, taskConfig, 4);
    cursor.at = end;
    const config = { key: jobKeyOfConfig(parts), fingerprint: fingerprintConfig(parts) };
    if (this.#configs.size >= rememberedMax) this.#configs.clear();
    this.#configs.set(bytes, config);
    return config;
  }

  #count({ key, fingerprint }: Config, status: string): void {
    const job = this.#jobs.get(key) ?? { active: 0, ended: 0, configs: new Map<string, number>() };
    if (this.#jobs.size >= jobsMax && !this.#jobs.has(key)) throw tooManyJobs(this.#name);
    this.#jobs.set(key, job);
    if (terminalStatuses.has(status)) job.ended += 1;
    else {
      job.active += 1;
      job.configs.set(fingerprint, (job.configs.get(fingerprint) ?? 0) + 1);
    }
  }
}

function elements(element: (cursor: Cursor) => void): Treatment {
  return { kind: 'elements', count: () => {}, element };
}

function tooManyJobs(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-too-many-jobs',
    message: `The backup ${name} has more than ${jobsMax} jobs, and is not compared.`,
    hint: 'No cluster has so many: look at the file with "aurora-chatops backup inspect".',
  });
}

import { scheduledTask } from '../../src/thrift/structs/tasks.ts';
import { snapshot } from '../../src/thrift/structs.ts';
import { decodeStruct, encodeStruct } from '../../src/thrift/tbinary.ts';
import { createRandom, type Random } from '../fuzz/random.ts';

/** Of all jobs that have been seen, the usual one has about this many instances. */
const tasksPerJob = 10;
const kinds = 64;

/**
 * A backup of any size that looks like a cluster's: 10,000 jobs for 100,000 tasks, each with a configuration of its own, 1.8 kB
 * a task, in no order. The rest is that of `recorded`. The same `seed` gives the same bytes. In pieces of 500 tasks, never in
 * memory as a whole: of a job nothing is kept, all of it follows from its number.
 */
export function* largeBackup(recorded: Uint8Array, tasks: number, seed = 1): Generator<Buffer> {
  const { tasks: _tasks, ...rest } = decodeStruct(snapshot, recorded);
  const random = createRandom(seed);
  const templates = Array.from({ length: kinds }, () => templateOf(random));
  const jobs = Math.ceil(tasks / tasksPerJob);
  const step = stepThrough(tasks, random);
  // Fields may come in any order: the tasks go last.
  yield encodeStruct(snapshot, rest).subarray(0, -1);
  const header = Buffer.from([14, 0, 4, 12, 0, 0, 0, 0]);
  header.writeInt32BE(tasks, 4);
  yield header;
  for (let index = 0; index < tasks; index += 500)
    yield Buffer.concat(
      Array.from({ length: Math.min(500, tasks - index) }, (_, offset) => {
        const place = ((index + offset) * step) % tasks;
        const job = place % jobs;
        return fill(templates[job % kinds], { seed, job, instance: Math.floor(place / jobs) });
      }),
    );
  yield Buffer.from([0]);
}

/** A step that visits each of `tasks` places once, far from its neighbours in the file. */
function stepThrough(tasks: number, random: Random): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = Math.floor(tasks * 0.618) + random.int(1000);
  while (divisor(step, tasks) !== 1) step += 1;
  return step;
}

/** The bytes of a task with gaps: where, and what goes there. */
interface Template {
  readonly bytes: Buffer;
  readonly gaps: readonly { readonly at: number; readonly what: GapName }[];
}

/** As they stand in a template; what replaces them has the same length. */
const gapTexts = {
  job: '@job000000@',
  role: '@role00@',
  instance: '@',
  uuid: '@uuid000-0000-0000-0000-000000000000',
  host: '@host000@',
  jobHash: '@jobhash00000000',
  taskHash: '@taskhash0000000',
} as const;
type GapName = keyof typeof gapTexts;

const { job, role, uuid, host, jobHash, taskHash } = gapTexts;

function templateOf(random: Random): Template {
  const environment = random.pick(['prod', 'prod', 'devel', 'staging3', 'test']);
  const times = <T>(least: number, more: number, make: (index: number) => T): T[] =>
    Array.from({ length: least + random.int(more) }, (_, index) => make(index));
  const processes = times(1, 2, (index) => ({
    name: `step-${index}`,
    cmdline: `./bin/${job} --port={{thermos.ports[http]}} --shard={{mesos.instance}} --release=${jobHash}`,
    daemon: false,
    ephemeral: random.chance(0.2),
    max_failures: 1 + random.int(5),
    min_duration: 5,
  }));
  const data = JSON.stringify({
    environment,
    role,
    name: job,
    health_check_config: {
      initial_interval_secs: 15,
      interval_secs: 10,
      max_consecutive_failures: random.int(9),
    },
    task: {
      processes,
      resources: { cpu: random.int(80) / 10, disk: random.int(1e9), ram: random.int(1e10) },
      user: role,
      finalization_wait: 30,
    },
  });
  const key = { role, environment, name: job };
  const bytes = encodeStruct(scheduledTask, {
    assignedTask: {
      // The gap of the instance is the one character between two dashes.
      taskId: `${role}-${environment}-${job}-${gapTexts.instance}-${uuid}`,
      slaveId: `20261123-163812-${random.int(9e8)}-5050-1-S${taskHash}`,
      slaveHost: `${host}.rack-${10 + random.int(89)}.example.com`,
      task: {
        job: key,
        owner: { user: role },
        isService: random.chance(0.8),
        numCpus: random.int(80) / 10,
        ramMb: random.int(64_000),
        diskMb: random.int(64_000),
        priority: random.int(200),
        maxTaskFailures: 1,
        production: environment === 'prod',
        tier: environment === 'prod' ? 'preferred' : 'preemptible',
        constraints: times(0, 3, (index) => ({
          name: `rack-${index}`,
          constraint: random.chance(0.5)
            ? { limit: { limit: 1 } }
            : { value: { negated: false, values: [jobHash] } },
        })),
        requestedPorts: ['http', 'admin'],
        taskLinks: { http: 'http://%host%:%port:http%' },
        contactEmail: `${role}@example.com`,
        executorConfig: { name: 'AuroraExecutor', data },
        metadata: times(0, 4, (index) => ({ key: `label-${index}`, value: `${jobHash}${index}` })),
        container: random.chance(0.7)
          ? {
              mesos: {
                image: { docker: { name: `registry.example.com/${role}/${job}`, tag: jobHash } },
                volumes: [],
              },
            }
          : { mesos: {} },
        resources: [
          { numCpus: random.int(80) / 10 },
          { ramMb: random.int(64_000) },
          { diskMb: random.int(64_000) },
          { namedPort: 'http' },
          { namedPort: 'admin' },
        ],
      },
      assignedPorts: { http: 31_000 + random.int(999), admin: 31_000 + random.int(999) },
      instanceId: 0,
    },
    status: random.pick([2, 2, 2, 2, 2, 2, 0, 9, 16, 1]),
    failureCount: random.int(3),
    taskEvents: times(3, 3, (index) => ({
      timestamp: 1_790_000_000_000 + random.int(1e9),
      status: index === 0 ? 0 : 2,
      message: index === 0 ? '' : `No health-check defined, task is assumed healthy (${taskHash}).`,
      scheduler: 'aurora-1.example.com',
    })),
    ancestorId: `${role}-${environment}-${job}-0-${uuid}`,
  });
  return { bytes, gaps: gapsIn(bytes) };
}

function gapsIn(bytes: Buffer): Template['gaps'] {
  const names = Object.keys(gapTexts) as GapName[];
  return names.flatMap((what) => {
    const text = what === 'instance' ? '-@-' : gapTexts[what];
    const found: { at: number; what: GapName }[] = [];
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1))
      found.push({ at: what === 'instance' ? at + 1 : at, what });
    return found;
  });
}

/** The template with a task's own words in its gaps; the number of the instance stays in its id. */
function fill(
  template: Template | undefined,
  task: { readonly seed: number; readonly job: number; readonly instance: number },
): Buffer {
  if (template === undefined) throw new Error('there is a template for each job');
  const ofJob = Math.imul(task.job + 1, 0x9e37_79b1) ^ task.seed;
  const ofTask = Math.imul(ofJob ^ (task.instance + 1), 0x85eb_ca6b);
  const words: Readonly<Record<GapName, string>> = {
    job: `job-${String(task.job).padStart(7, '0')}`,
    role: `team-${String(task.job % 293).padStart(3, '0')}`,
    instance: String(task.instance),
    uuid: uuidOf(ofTask, task),
    host: `host-${String((ofTask >>> 8) % 10_000).padStart(4, '0')}`,
    jobHash: hex(ofJob) + hex(Math.imul(ofJob, 0xc2b2_ae35)),
    taskHash: hex(ofTask) + hex(Math.imul(ofTask, 0xc2b2_ae35)),
  };
  const copy = Buffer.from(template.bytes);
  for (const { at, what } of template.gaps) copy.write(words[what], at, 'latin1');
  return copy;
}

function uuidOf(mixed: number, task: { readonly job: number; readonly instance: number }): string {
  const low = hex(task.job);
  return `${hex(mixed)}-${low.slice(0, 4)}-4${low.slice(4, 7)}-a00${task.instance}-${low.slice(7)}${hex(Math.imul(mixed, 31))}abc`;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

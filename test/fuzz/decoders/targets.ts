/** What is fuzzed: every decoder of what arrives from outside, with recorded bytes to start from and what it may say. */
import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { AuroraError } from '../../../src/aurora/errors.ts';
import { countTasks, type TaskRow } from '../../../src/aurora/tasks.ts';
import { BackupDecoder } from '../../../src/backups/decode-backup.ts';
import { getAgents, getFrameworks, getMaster, getTasks, type Question } from '../../../src/mesos/answers.ts';
import { liveTasksOf } from '../../../src/mesos/census.ts';
import { AnswerFault } from '../../../src/mesos/operator-api.ts';
import { readAnswer } from '../../../src/thrift/rpc-answer.ts';
import type { Message, SchemaFor } from '../../../src/thrift/schema.ts';
import { applicationException, methodResult, snapshot } from '../../../src/thrift/structs.ts';
import { TaskAnswerReader } from '../../../src/thrift/task-answer.ts';
import * as tbinary from '../../../src/thrift/tbinary.ts';
import * as tjson from '../../../src/thrift/tjson.ts';
import { TjsonTaskAnswerReader } from '../../../src/thrift/tjson-task-answer.ts';
import { parseMember } from '../../../src/zookeeper/member.ts';
import {
  agentsBody,
  frameworkId,
  frameworksBody,
  masterBody,
  taskBody,
  tasksBody,
} from '../../mesos/bodies.ts';
import { recordedExchanges, responseBytes } from '../../thrift/recorded-exchanges.ts';
import type { Random } from '../random.ts';
import { mutateJson } from './json-mutations.ts';
import { mutateSample, type Sample, sampleOf } from './mutations.ts';

interface Target {
  /** Bytes that may be anything. */
  make(random: Random): Buffer;
  /** True when they were taken, false when they were refused in the decoder's own words. Throws for whatever is a mistake. */
  decode(bytes: Buffer, random: Random): boolean | Promise<boolean>;
}

/** Built when they are first asked for: a run reads its recordings once. */
export function fuzzTargets(): Readonly<Record<string, Target>> {
  return {
    backup: backupTarget(),
    tbinary: answerTarget('binary'),
    tasks: tasksTarget('binary'),
    tjson: answerTarget('json'),
    'tjson-tasks': tasksTarget('json'),
    mesos: mesosTarget(),
    zookeeper: memberTarget(),
  };
}

const sampleBytesMax = 6_000;
const fixtures = new URL('../../fixtures/', import.meta.url);

function backupTarget(): Target {
  const samples = ['real', 'whole', 'odd', 'lived-on'].flatMap((folder) =>
    readdirSync(new URL(`backups/${folder}/`, fixtures))
      .filter((name) => !/\.(json|md)$/.test(name))
      .map((name) => readFileSync(new URL(`backups/${folder}/${name}`, fixtures)))
      .map(shorten)
      .filter(({ length }) => length > 0 && length <= sampleBytesMax)
      .map((bytes) => sampleOf(bytes, 0)),
  );
  return {
    make: (random) => mutateSample(samples, random),
    decode: (bytes, random) => {
      const whole = decodeIn([bytes]);
      if (whole.report.bytes !== bytes.length) throw new Error('it did not see all bytes');
      if ((whole.report.verdict === 'ok') !== (whole.report.reasons.length === 0))
        throw new Error('a verdict without its reasons');
      if (random.chance(0.7)) return whole.report.verdict !== 'broken';
      const at = random.int(bytes.length + 1);
      const parts = [bytes.subarray(0, at), bytes.subarray(at)];
      if (!isDeepStrictEqual(decodeIn(parts), whole)) throw new Error(`cut at ${at} it is another backup`);
      return whole.report.verdict !== 'broken';
    },
  };
}

function decodeIn(chunks: readonly Buffer[]): {
  report: ReturnType<BackupDecoder['finish']>;
  rows: TaskRow[];
} {
  const rows: TaskRow[] = [];
  const decoder = new BackupDecoder((row) => rows.push(row));
  for (const chunk of chunks) decoder.push(chunk);
  return { report: decoder.finish(''), rows };
}

/** The first two of each kind of element: a run makes millions of these. What is not a snapshot stays as it is. */
function shorten(bytes: Buffer): Buffer {
  if (bytes.length <= sampleBytesMax) return bytes;
  try {
    const whole = Object.entries(tbinary.decodeStruct(snapshot, bytes));
    return tbinary.encodeStruct(
      snapshot,
      Object.fromEntries(
        whole.map(([name, value]) => [name, Array.isArray(value) ? value.slice(0, 2) : value]),
      ),
    );
  } catch (thrown) {
    if (thrown instanceof AuroraError) return bytes.subarray(0, sampleBytesMax);
    throw thrown;
  }
}

function answerTarget(protocol: 'binary' | 'json'): Target {
  const { decodeMessage } = protocol === 'json' ? tjson : tbinary;
  return {
    make: answersIn(protocol),
    decode: ownErrors((bytes) => {
      const message: Message = decodeMessage(bytes, answers);
      readAnswer(message.name, message);
    }),
  };
}

function tasksTarget(protocol: 'binary' | 'json'): Target {
  const Reader = protocol === 'json' ? TjsonTaskAnswerReader : TaskAnswerReader;
  return {
    make: answersIn(protocol),
    decode: ownErrors((bytes) => {
      const reader = new Reader({ onHeader: () => undefined, onRow: () => undefined });
      const at = bytes.length >> 1;
      reader.push(bytes.subarray(0, at));
      reader.push(bytes.subarray(at));
      const message = reader.finish();
      readAnswer(message.name, message);
    }),
  };
}

function answersIn(protocol: 'binary' | 'json'): Target['make'] {
  const bodies = recordedExchanges('leader')
    .filter(({ rpc }) => rpc?.responseProtocol === protocol)
    .map(responseBytes)
    .filter(({ length }) => length > 0 && length <= sampleBytesMax);
  if (protocol === 'json') {
    const texts = bodies.filter((body) => isJson(body));
    return (random) => mutateJson(texts, random);
  }
  const samples = samplesOf(bodies);
  return (random) => mutateSample(samples, random);
}

/** Behind a strict header: version, name, sequence number. */
function samplesOf(bodies: readonly Buffer[]): readonly Sample[] {
  return bodies.map((body) => sampleOf(body, 12 + body.readInt32BE(4)));
}

const answers: SchemaFor = (_name, type) => (type === 'exception' ? applicationException : methodResult);

function mesosTarget(): Target {
  const tasksOfAll = getTasks((all) => countTasks(liveTasksOf(frameworkId, all)));
  const questions: readonly Pick<Question<unknown>, 'read'>[] = [
    getMaster,
    getAgents,
    getFrameworks,
    tasksOfAll,
  ];
  const tasks = Array.from({ length: 4 }, (_, index) => taskBody({ id: `t-${index}`, tier: 'preferred' }));
  const samples = [masterBody(), agentsBody([{}]), frameworksBody(), tasksBody(tasks)].map((body) =>
    Buffer.from(JSON.stringify(body)),
  );
  return {
    make: (random) => mutateJson(samples, random),
    decode: async (bytes, random) => {
      const { read } = random.pick(questions);
      const at = random.int(bytes.length + 1);
      try {
        await read(pieces(bytes, at));
        return true;
      } catch (thrown) {
        if (thrown instanceof AnswerFault) return false;
        throw thrown;
      }
    },
  };
}

/** As two chunks: a value may be cut anywhere. */
async function* pieces(bytes: Buffer, at: number): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, at);
  yield bytes.subarray(at);
}

function memberTarget(): Target {
  const member = {
    serviceEndpoint: { host: 'aurora-1.example.com', port: 8081 },
    additionalEndpoints: { http: { host: 'aurora-1.example.com', port: 8081 } },
    status: 'ALIVE',
  };
  const samples = [Buffer.from(JSON.stringify(member))];
  return {
    make: (random) => mutateJson(samples, random),
    decode: (bytes) => parseMember(bytes).endpoint !== null,
  };
}

function ownErrors(decode: (bytes: Buffer) => void): (bytes: Buffer) => boolean {
  return (bytes) => {
    try {
      decode(bytes);
      return true;
    } catch (thrown) {
      if (thrown instanceof AuroraError) return false;
      throw thrown;
    }
  };
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

import { describe, expect, test } from 'vitest';
import { statusName } from '../../src/aurora/tasks.ts';
import { isMethodName, methods } from '../../src/thrift/methods.ts';
import type { Message, Struct } from '../../src/thrift/schema.ts';
import { type applicationException, type methodResult, responseCodeName } from '../../src/thrift/structs.ts';
import * as tbinary from '../../src/thrift/tbinary.ts';
import * as tjson from '../../src/thrift/tjson.ts';
import { answerSchema } from '../support/answer-schema.ts';
import { recordedExchanges, requestBytes, responseBytes } from './recorded-exchanges.ts';

const codecs = { json: tjson, binary: tbinary };

const answered = (['leader', 'basic-auth'] as const)
  .flatMap(recordedExchanges)
  .flatMap((exchange) => (exchange.rpc?.decoded ? [{ exchange, rpc: exchange.rpc }] : []));

describe.each(answered.map((one) => [one.exchange.name, one] as const))('%s', (_name, { exchange, rpc }) => {
  test('decodes to what an independent library read', () => {
    const message = codecs[rpc.responseProtocol].decodeMessage(responseBytes(exchange), answerSchema);

    expect(message).toMatchObject({ name: rpc.method, seqid: 1 });
    expect(summaryOf(message)).toEqual(rpc.decoded);
  });

  test('is written again as the same bytes', () => {
    const codec = codecs[rpc.responseProtocol];
    const bytes = responseBytes(exchange);

    const message = codec.decodeMessage(bytes, answerSchema);
    const again = codec.encodeMessage(message, answerSchema(message.name, message.type), message.value);

    expect(again.equals(bytes)).toBe(true);
  });

  // The recording library writes the double 100 without a point; the scheduler itself, as we do, writes 100.0.
  if (isMethodName(rpc.method) && rpc.method !== 'setQuota') {
    const schema = methods[rpc.method];

    test('has a request that is written again as the same bytes', () => {
      const codec = codecs[rpc.requestProtocol];
      const bytes = requestBytes(exchange);

      const message = codec.decodeMessage(bytes, () => schema);

      expect(message).toMatchObject({ name: rpc.method, type: 'call', seqid: 1 });
      expect(codec.encodeMessage(message, schema, message.value).equals(bytes)).toBe(true);
    });
  }
});

test('there are recordings to look at', () => {
  expect(answered.length).toBeGreaterThan(100);
});

/** A message in the form of the recordings' `rpc.decoded`. */
function summaryOf(message: Message): unknown {
  if (message.type === 'exception') {
    const { type, message: said } = message.value as Struct<typeof applicationException>;
    return { exception: { type, message: said } };
  }
  const { success } = message.value as Struct<typeof methodResult>;
  const result = success?.result;
  const tasks = result?.scheduleStatusResult?.tasks ?? result?.queryRecoveryResult?.tasks;
  const backups = result?.listBackupsResult?.backups;
  return {
    responseCode: responseCodeName(success?.responseCode ?? -1),
    details: (success?.details ?? []).map((detail) => detail.message ?? null),
    serverInfo: success?.serverInfo ?? null,
    result: result === undefined ? null : Object.keys(result),
    ...(backups === undefined ? {} : { backups: backups.toSorted() }),
    ...(tasks === undefined
      ? {}
      : {
          tasks: {
            total: tasks.length,
            byStatus: countBy(tasks.map((task) => statusName(task.status ?? -1))),
            ids: tasks.map((task) => task.assignedTask?.taskId).sort(),
          },
        }),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

import { describe, expect, test } from 'vitest';
import { createSchedulerReader } from '../../src/thrift/scheduler-reader.ts';
import { methodResult } from '../../src/thrift/structs.ts';
import { encodeMessage } from '../../src/thrift/tjson.ts';
import { wholeList } from '../support/whole-list.ts';
import { answerWith, clientOf, ok, reply, serve } from './harness.ts';

describe('createSchedulerReader()', () => {
  test('isStorageReady() is false while the storage is not ready, and throws on anything else', async () => {
    const notReady = await serve(
      answerWith(
        reply('getRoleSummary', { responseCode: 6, details: [{ message: 'Storage is not READY' }] }),
      ),
    );
    const broken = await serve(answerWith('', 500));

    expect(await createSchedulerReader(clientOf(notReady)).isStorageReady()).toBe(false);
    await expect(createSchedulerReader(clientOf(broken)).isStorageReady()).rejects.toMatchObject({
      code: 'http-status',
    });
  });

  test('listTasks() asks for whole configurations when the cheap call breaks with HTTP 500', async () => {
    const server = await serve((request, response) =>
      request.body.includes('getTasksWithoutConfigs')
        ? answerWith('', 500)(request, response)
        : answerWith(
            encodeMessage({ name: 'getTasksStatus', type: 'reply', seqid: 2 }, methodResult, { success: ok }),
          )(request, response),
    );

    expect(await createSchedulerReader(clientOf(server)).listTasks(wholeList, ['RUNNING'])).toEqual([]);
    expect(server.seen[1]?.body.toString()).toBe(
      '[1,"getTasksStatus",1,2,{"1":{"rec":{"5":{"set":["i32",1,2]}}}}]',
    );
  });
});

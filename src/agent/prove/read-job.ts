/** Takes the job off standard input: one line, then the backup, which is hashed on its way into scratch. What follows is the lifeline. */
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AuroraError } from '../../aurora/errors.ts';
import { type Job, jobSchema } from './job.ts';

const lineBytesMax = 256 * 1024;

/** Answers when the backup lies whole in `backups`, a directory in scratch. AuroraError `prove-input` for anything else that comes. */
export async function readJob(
  input: Readable,
  check: (job: Job) => Promise<void>,
): Promise<{ job: Job; backups: string; backup: string }> {
  const bytes = readerOf(input);
  const job = jobSchema.parse(JSON.parse((await bytes.line(lineBytesMax)).toString('utf8')));
  await check(job);
  const backups = join(job.place.scratch, 'backups');
  const backup = join(backups, job.backup.name);
  await mkdir(backups, { mode: 0o700 });
  const hash = createHash('sha256');
  const file = await open(backup, 'wx', 0o600);
  try {
    for await (const chunk of bytes.take(job.backup.bytes)) {
      hash.update(chunk);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== job.backup.sha256) {
    throw broken('The backup that came is another one than was meant.');
  }
  return { job, backups, backup };
}

function readerOf(input: Readable) {
  let rest: Buffer = Buffer.alloc(0);
  const chunks = input.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const more = async (): Promise<Buffer> => {
    const next = await chunks.next();
    if (next.done === true) throw broken('The input ended before the backup did.');
    return next.value;
  };
  return {
    line: async (bytesMax: number): Promise<Buffer> => {
      let end = rest.indexOf(0x0a);
      while (end < 0) {
        if (rest.length > bytesMax) throw broken('The job is too long.');
        rest = Buffer.concat([rest, await more()]);
        end = rest.indexOf(0x0a);
      }
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      return line;
    },
    take: async function* (bytes: number): AsyncGenerator<Buffer> {
      for (let left = bytes; left > 0; ) {
        const chunk = rest.length > 0 ? rest : await more();
        const taken = chunk.subarray(0, left);
        rest = chunk.subarray(taken.length);
        left -= taken.length;
        yield taken;
      }
    },
  };
}

function broken(message: string): AuroraError {
  return new AuroraError({
    code: 'prove-input',
    message,
    hint: 'The agent asks for proofs; nothing else does.',
  });
}

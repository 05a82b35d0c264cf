/**
 * Turns SVG into PNG beside the event loop, which it would hold up for most of a second. A thread a picture, one picture at a time:
 * what the drawing takes of memory (100 MB, measured) is given back with it.
 */
import { Worker } from 'node:worker_threads';
import { AuroraError, messageOf } from '../../aurora/errors.ts';

/** On a machine that is on its knees twenty times what it takes. */
const limitMs = 20_000;
let last: Promise<unknown> = Promise.resolve();

/** AuroraError `picture-failed` when it cannot be drawn, or takes longer than 20 s. */
export function renderPng(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const png = last.then(() => draw(svg));
  last = png.catch(() => undefined);
  return png;
}

async function draw(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  // The compiled program has `.js` beside it.
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const thread = new Worker(new URL(`./picture-worker${ending}`, import.meta.url), {
    workerData: svg,
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const over = setTimeout(() => void thread.terminate(), limitMs);
  try {
    return await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => reject(new Error('its thread has ended')));
    });
  } catch (error) {
    throw new AuroraError({
      code: 'picture-failed',
      message: `The picture could not be drawn: ${messageOf(error)}.`,
      hint: "Read the table instead. If it fails again, check the memory of the bot's machine.",
      cause: error,
    });
  } finally {
    clearTimeout(over);
    await thread.terminate();
  }
}

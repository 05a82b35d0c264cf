/** The thread that draws: one SVG, which it was started with; what it says is a PNG. */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { pictureFont } from './backup-history.ts';

if (parentPort === null) throw new Error('this is a thread of a program, not a program');

const read = (name: string): Promise<Buffer<ArrayBuffer>> => readFile(new URL(import.meta.resolve(name)));
const [program, ...fonts] = await Promise.all([
  read('@resvg/resvg-wasm/index_bg.wasm'),
  read('@fontsource/b612/files/b612-latin-400-normal.woff2'),
  read('@fontsource/b612/files/b612-latin-700-normal.woff2'),
]);
await initWasm(program);
const picture = new Resvg(String(workerData), {
  font: { fontBuffers: fonts, defaultFontFamily: pictureFont },
}).render();
const png = new Uint8Array(picture.asPng());
parentPort.postMessage(png, [png.buffer]);

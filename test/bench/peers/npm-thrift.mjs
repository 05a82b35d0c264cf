// A peer of the bench: npm's thrift with the code that Thrift's compiler makes. npm-thrift.mjs FILE RUNS GENERATED
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import thrift from 'thrift';

const [file, runs, generated] = process.argv.slice(2);
const { Snapshot } = createRequire(import.meta.url)(`${generated}/gen-nodejs/snapshot_types.js`);
const ms = [];
let tasks = 0;
for (let run = 0; run < Number(runs); run += 1) {
  const start = performance.now();
  const snapshot = new Snapshot();
  snapshot.read(new thrift.TBinaryProtocol(new thrift.TFramedTransport(readFileSync(file))));
  tasks = snapshot.tasks.length;
  ms.push(performance.now() - start);
}
console.log(JSON.stringify({ ms, tasks, rssMb: Math.round(process.resourceUsage().maxRSS / 1024) }));

/** The thread in which a step reads a large cluster: its own connections to agents and masters, and nothing else. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../aurora/system-clock.ts';
import { serveSteps } from '../restore/apart/inside.ts';
import { documentsOver } from '../store/packing.ts';
import { backupCraft } from './backup-craft.ts';
import { openHosts, readAgentTls } from './cluster-hosts.ts';
import type { StepThreadStart } from './step-thread.ts';

if (parentPort === null) throw new Error('this is a thread of a program, not a program');
const owner = parentPort;
const { agentTls, cluster } = workerData as StepThreadStart;
const take = serveSteps({
  access: openHosts(cluster, { tls: readAgentTls(agentTls), clock: systemClock }),
  clock: systemClock,
  backups: backupCraft,
  documentsOver,
  send: (message) => owner.postMessage(message),
});
owner.on('message', take);

/** Ours, as the terminal program does it: the whole inspection of a file, beside the event loop. `inspect.ts FILE RUNS` */
import { createDecodingThread } from '../../../src/backups/decoding-thread.ts';
import { inspectBackup } from '../../../src/backups/inspect-backup.ts';
import { tellRuns } from './tell-runs.ts';

const thread = createDecodingThread();
await tellRuns(async (file) => (await inspectBackup(file, { thread })).tasks.total);
await thread.close();

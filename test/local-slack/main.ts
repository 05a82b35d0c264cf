/** The local Slack of the tests as a process of its own, for a host of namespaces: says where its API is and its pid, and serves until it is killed. */
import { startWorld } from './world.ts';

const { apiUrl } = await startWorld();
process.stdout.write(`${apiUrl} ${process.pid}\n`);

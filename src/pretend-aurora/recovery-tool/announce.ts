import type { Clock } from '../../aurora/clock.ts';
import { joinLogGroup, makePath, openAuthor } from '../zookeeper/nodes.ts';

/**
 * Joins the log group as every process with a replica does. What it answers ends like such a process: the connection is
 * cut, and the node stays until the session times out.
 */
export async function announceReplica(options: {
  zookeeper: readonly string[];
  credentials: string | undefined;
  path: string;
  address: string;
  sessionTimeoutMs: number;
  deadlineMs: number;
  clock: Clock;
}): Promise<() => void> {
  const { zookeeper, path, address, ...session } = options;
  const author = await openAuthor({ ...session, servers: zookeeper, heartbeat: false });
  const opened = author.session;
  try {
    await makePath(author, path);
    await joinLogGroup(author, path, address);
  } catch (error) {
    opened.close();
    throw error;
  }
  return () => opened.drop();
}

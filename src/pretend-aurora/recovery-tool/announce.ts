import type { Clock } from '../../aurora/clock.ts';
import { openSession } from '../../zookeeper/session.ts';
import { joinLogGroup, makePath } from '../zookeeper/nodes.ts';

/**
 * Joins the log group as every process with a replica does. What it answers ends like such a process: the connection is
 * cut, and the node stays until the session times out.
 */
export async function announceReplica(options: {
  zookeeper: readonly string[];
  path: string;
  address: string;
  sessionTimeoutMs: number;
  deadlineMs: number;
  clock: Clock;
}): Promise<() => void> {
  const { zookeeper, path, address, ...session } = options;
  const opened = await openSession({ ...session, servers: zookeeper, heartbeat: false });
  try {
    await makePath(opened, path);
    await joinLogGroup(opened, path, address);
  } catch (error) {
    opened.close();
    throw error;
  }
  return () => opened.drop();
}

import zookeeper from 'node-zookeeper-client';
import type { TestClient } from '../support/zookeeper-client.ts';

/** Creates the path, its parents, and ephemeral children with these names and data, as their owners would have. */
export async function layOut(
  client: TestClient,
  path: string,
  children: Readonly<Record<string, string>>,
): Promise<void> {
  const parts = path.split('/').slice(1);
  for (const [index] of parts.entries()) {
    const parent = `/${parts.slice(0, index + 1).join('/')}`;
    if ((await client.exists(parent)) === null) await client.create(parent);
  }
  for (const [name, data] of Object.entries(children)) {
    await client.create(`${path}/${name}`, { data, mode: zookeeper.CreateMode.EPHEMERAL });
  }
}

/** Member data as a scheduler writes it (aurora.md 8.2). */
export function memberData(host: string, port = 8081): string {
  return `{"serviceEndpoint":{"host":"${host}","port":${port}},"additionalEndpoints":{"http":{"host":"${host}","port":${port}}},"status":"ALIVE"}`;
}

/**
 * Every pretend host has a loopback address of its own with the ports of a real one, where the machine has the whole
 * of 127.0.0.0/8 (Linux). Elsewhere all share 127.0.0.1, take free ports, and nothing stands in front of a scheduler.
 */
import net from 'node:net';
import { findFreePorts } from './ports.ts';

export interface HostAddress {
  /** Where the scheduler itself listens: its own host's agent asks here. */
  readonly ip: string;
  /** Where clients outside the host come in, at the same port: the pretend firewall stands here. `ip` where there is none. */
  readonly edgeIp: string;
  readonly httpPort: number;
  readonly libprocessPort: number;
  readonly agentPort: number;
}

const standardPorts = { httpPort: 8081, libprocessPort: 8083, agentPort: 7071 };
const subnetsTried = 40;

/** Addresses that nobody uses now; two drills at once get different ones. `start` spreads them. */
export async function findHostAddresses(count: number, start: number): Promise<HostAddress[]> {
  for (let attempt = 0; attempt < subnetsTried; attempt += 1) {
    const subnet = (start + attempt) % 254;
    const addresses = Array.from({ length: count }, (_, index) => ({
      ip: `127.77.${subnet}.${11 + index}`,
      edgeIp: `127.78.${subnet}.${11 + index}`,
      ...standardPorts,
    }));
    const free = await Promise.all(
      addresses.flatMap(({ ip, edgeIp, httpPort, libprocessPort, agentPort }) => [
        ...[httpPort, libprocessPort, agentPort].map((port) => isFree(ip, port)),
        isFree(edgeIp, httpPort),
      ]),
    );
    if (free.every(Boolean)) return addresses;
  }
  const ports = await findFreePorts(count * 3);
  return Array.from({ length: count }, (_, index) => {
    const [httpPort = 0, libprocessPort = 0, agentPort = 0] = ports.slice(index * 3, index * 3 + 3);
    const ip = '127.0.0.1';
    return { ip, edgeIp: ip, httpPort, libprocessPort, agentPort };
  });
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}

/**
 * Every pretend host has a loopback address of its own with the ports of a real one, where the machine has the whole
 * of 127.0.0.0/8 (Linux). Elsewhere all share 127.0.0.1 and take free ports.
 */
import net from 'node:net';
import { findFreePorts } from './ports.ts';

export interface HostAddress {
  readonly ip: string;
  /** Where the scheduler itself listens: its own host's agent asks here. */
  readonly httpPort: number;
  readonly libprocessPort: number;
  /** What schedulers advertise, and where clients outside the host come in: the pretend firewall stands here. */
  readonly edgePort: number;
  readonly agentPort: number;
}

const standardPorts = { httpPort: 18081, libprocessPort: 8083, edgePort: 8081, agentPort: 7071 };
const subnetsTried = 40;

/** Addresses that nobody uses now; two drills at once get different ones. `start` spreads them. */
export async function findHostAddresses(count: number, start: number): Promise<HostAddress[]> {
  for (let attempt = 0; attempt < subnetsTried; attempt += 1) {
    const subnet = `127.77.${(start + attempt) % 254}`;
    const addresses = Array.from({ length: count }, (_, index) => ({
      ip: `${subnet}.${11 + index}`,
      ...standardPorts,
    }));
    const free = await Promise.all(
      addresses.flatMap((address) => portsOf(address).map((port) => isFree(address.ip, port))),
    );
    if (free.every(Boolean)) return addresses;
  }
  const ports = await findFreePorts(count * 4);
  return Array.from({ length: count }, (_, index) => {
    const [httpPort = 0, libprocessPort = 0, edgePort = 0, agentPort = 0] = ports.slice(
      index * 4,
      index * 4 + 4,
    );
    return { ip: '127.0.0.1', httpPort, libprocessPort, edgePort, agentPort };
  });
}

function portsOf(address: HostAddress): number[] {
  return [address.httpPort, address.libprocessPort, address.edgePort, address.agentPort];
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}

import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from '../../../src/pretend-aurora/host/edge.ts';
import { setTraffic } from '../../../src/pretend-aurora/host/traffic.ts';

let directory: string;
let trafficFile: string;
let scheduler: http.Server;
let edge: Edge;

beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-'));
  trafficFile = path.join(directory, 'traffic');
  scheduler = http.createServer((_request, response) => response.end('inside'));
  await new Promise<void>((resolve) => scheduler.listen(0, '127.0.0.1', resolve));
  edge = await startEdge({
    listen: { host: '127.0.0.1', port: 0 },
    target: { host: '127.0.0.1', port: portOf(scheduler) },
    trafficFile,
    lookEveryMs: 10,
  });
});
afterEach(async () => {
  await edge.close();
  scheduler.closeAllConnections();
  await new Promise((resolve) => scheduler.close(resolve));
  fs.rmSync(directory, { recursive: true });
});

describe('the edge of a pretend host', () => {
  it('passes outside traffic on while it is open', async () => {
    expect(await ask(edge.port)).toBe('inside');
  });

  it('refuses it while blocked, and the way from inside stays open', async () => {
    setTraffic(trafficFile, 'blocked');

    expect(await ask(edge.port)).toBe('refused');
    expect(await ask(portOf(scheduler))).toBe('inside');
  });

  it('opens again', async () => {
    setTraffic(trafficFile, 'blocked');
    setTraffic(trafficFile, 'open');

    expect(await ask(edge.port)).toBe('inside');
  });

  it('cuts connections that are open when it closes', async () => {
    const socket = net.connect({ host: '127.0.0.1', port: edge.port });
    await new Promise((resolve) => socket.once('connect', resolve));
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);

    setTraffic(trafficFile, 'blocked');

    await cut;
    expect(socket.destroyed).toBe(true);
  });
});

async function ask(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    return await response.text();
  } catch {
    return 'refused';
  }
}

function portOf(server: http.Server): number {
  return (server.address() as AddressInfo).port;
}

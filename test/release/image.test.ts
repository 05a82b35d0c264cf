/** What image and compose file say; the image is built and run by test/install/image.test.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkout } from '../../release/locked-packages.ts';
import { readBotConfig } from '../../src/cli/config.ts';

const directory = join(checkout, 'packaging', 'compose');
const service = z.object({
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
});
const compose = z
  .object({
    services: z.object({ bot: service.loose(), zookeeper: service, postgres: service }),
    volumes: z.record(z.string(), z.null()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(readFileSync(join(directory, 'compose.yml'), 'utf8')));

describe('the compose file', () => {
  it('has a bot configuration that the bot takes, and every path in it is one that the bot is given', async () => {
    const config = await readBotConfig(join(directory, 'bot.yml'));

    const { secrets, volumes } = compose.services.bot;
    const given = [
      ...secrets.map((name) => `/run/secrets/${name}`),
      ...volumes.map((line) => line.split(':')[1]),
    ];
    expect(given).toEqual(
      expect.arrayContaining([config.state, config.grantKey, ...Object.values(config.agentTls ?? {})]),
    );
    expect(config.clusters[0]?.name).toBe('east');
  });

  it('declares every secret and volume that a service uses, and uses every one', () => {
    const services = Object.values(compose.services);
    const secrets = services.flatMap((one) => one.secrets);
    const volumes = services
      .flatMap((one) => one.volumes.map((line) => line.split(':')[0] ?? ''))
      .filter((name) => !name.startsWith('.'));

    expect([...new Set(secrets)].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const { environment, secrets: own } of services) {
      const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
      expect(own).toEqual(expect.arrayContaining(files.map((file) => file.slice('/run/secrets/'.length))));
    }
  });

  it('gives the bot nothing to write but its state and memory', () => {
    expect(compose.services.bot).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
  });
});

describe('the health check', () => {
  const ask = async (url: string) => {
    const child = spawn(process.execPath, [join(checkout, 'bin', 'ask-health.cjs')], {
      env: { HEALTH_URL: url },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { code: code as number, said };
  };

  it.each([
    [200, { code: 0, said: '' }],
    [503, { code: 1, said: 'HTTP 503\n' }],
  ])('of a page that answers %s', async (status, expected) => {
    const server = createServer((_request, response) => response.writeHead(status).end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;

    const { code, said } = await ask(url);

    server.close();
    expect({ code, said: said.replace(`${url}: `, '') }).toEqual(expected);
  });

  it('of a port that nobody listens on', async () => {
    const { code, said } = await ask('http://127.0.0.1:1/healthz');

    expect(said).toContain('ECONNREFUSED');
    expect(code).toBe(1);
  });

  it('where there is nothing to ask', async () => {
    expect(await ask('')).toEqual({ code: 0, said: '' });
  });
});

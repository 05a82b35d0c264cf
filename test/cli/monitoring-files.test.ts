/** The rules, the dashboard and the manual name metrics that are there, and Prometheus takes the rules. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentMetrics, measureAgent } from '../../src/agent/metrics.ts';
import { createRegistry, measureReadiness, programMetrics } from '../../src/cli/program-metrics.ts';
import { createWatchMetrics, factMetrics } from '../../src/watch/metrics.ts';
import { promtool } from '../support/debian.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const rules = 'packaging/alerts.yml';

/** Of bot and agent, as their programs make them. */
let known: ReadonlySet<string>;
beforeAll(async () => {
  const [bot, agent] = [createRegistry('bot', '1'), createRegistry('agent', '1')];
  createWatchMetrics(bot);
  measureReadiness(bot, { look: () => Promise.resolve([]) });
  await measureAgent(agent, { host: 'aurora-1', cluster: 'east', tls: undefined });
  const names = [...bot.getMetricsAsArray(), ...agent.getMetricsAsArray()].map(({ name }) => name);
  // Only with TLS.
  known = new Set([...names, agentMetrics.certificateEnds]);
});

const metricsIn = (text: string): readonly string[] =>
  text.match(/\b(?:aurora_chatops|nodejs|process)_\w+/g) ?? [];

describe.each([rules, 'packaging/grafana-dashboard.json', 'docs/running.md'])('%s', (path) => {
  it('names no metric that is not there', () => {
    const named = metricsIn(read(path));

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

it('docs/running.md has every metric of bot and agent, docs/watch.md those of the watch', () => {
  for (const name of [...Object.values(programMetrics), ...Object.values(agentMetrics)])
    expect(read('docs/running.md')).toContain(`| \`${name}\` |`);
  for (const name of Object.values(factMetrics)) expect(read('docs/watch.md')).toContain(`| \`${name}\` |`);
});

it('Prometheus takes the rules', () => {
  const said = execFileSync(promtool, ['check', 'rules', rules], { cwd: root, encoding: 'utf8' });

  expect(said).toMatch(/SUCCESS: \d+ rules found/);
});

it('Prometheus parses every question of the dashboard', () => {
  const { panels } = z
    .object({
      panels: z.array(
        z.object({ id: z.int(), title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) }),
      ),
    })
    .parse(JSON.parse(read('packaging/grafana-dashboard.json')));
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const asRules = { groups: [{ name: 'x', rules: asked.map((expr, n) => ({ record: `a:${n}`, expr })) }] };

  const directory = mkdtempSync(join(tmpdir(), 'aurora-rules-'));
  writeFileSync(join(directory, 'asked.yml'), JSON.stringify(asRules));
  const said = execFileSync(promtool, ['check', 'rules', 'asked.yml'], { cwd: directory, encoding: 'utf8' });
  rmSync(directory, { recursive: true });

  expect(said).toContain(`SUCCESS: ${asked.length} rules found`);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

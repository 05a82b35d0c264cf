/** What a program of ours tells Prometheus of itself, whatever it is for. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Readiness, readinessParts } from './readiness.ts';

/** By program: a constant 1 with its version, and what the bot is ready for. */
export const programMetrics = {
  info: 'aurora_chatops_info',
  ready: 'aurora_chatops_bot_ready',
} as const;

/** With the process's own (memory, processor time, open files, how late its event loop is), by the names of prom-client. */
export function createRegistry(program: 'agent' | 'bot', version: string): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  new Gauge({
    name: programMetrics.info,
    help: 'Always 1; the version that runs.',
    labelNames: ['program', 'version'],
    registers: [register],
  }).set({ program, version }, 1);
  return register;
}

/** Looked at when it is asked for. */
export function measureReadiness(register: Registry, readiness: Readiness): void {
  new Gauge({
    name: programMetrics.ready,
    help: 'Whether the store takes writes, Slack delivers and the worker works; 0 when not.',
    labelNames: ['part'],
    registers: [register],
    async collect() {
      const missing = new Set((await readiness.look()).map(({ part }) => part));
      for (const part of readinessParts) this.set({ part }, missing.has(part) ? 0 : 1);
    },
  });
}

/** What the agent tells Prometheus: counts and dates, of names that the configuration and our own tables have, and no secret. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { AgentConfig } from './config.ts';
import type { AgentObserver } from './observer.ts';

const prefix = 'aurora_chatops_agent_';

export const agentMetrics = {
  host: `${prefix}host`,
  requests: `${prefix}requests_total`,
  operations: `${prefix}operations_total`,
  lastGrant: `${prefix}last_grant_timestamp_seconds`,
  certificateEnds: `${prefix}certificate_ends_timestamp_seconds`,
} as const;

/** Adds them; nothing is looked at when they are asked for. The certificate is the one that the agent began with, and goes on to show. */
export async function measureAgent(
  registry: Registry,
  { host, cluster, tls }: Pick<AgentConfig, 'host' | 'cluster' | 'tls'>,
): Promise<AgentObserver> {
  const registers = [registry];
  const requests = new Counter({
    name: agentMetrics.requests,
    help: 'Requests by what was decided about them, as the audit log has it.',
    labelNames: ['decision'],
    registers,
  });
  const operations = new Counter({
    name: agentMetrics.operations,
    help: 'Operations that have ended, by kind and by how.',
    labelNames: ['kind', 'state'],
    registers,
  });
  const lastGrant = new Gauge({
    name: agentMetrics.lastGrant,
    help: 'When an operation was last granted, in this life of the agent; 0 when never.',
    registers,
  });
  new Gauge({
    name: agentMetrics.host,
    help: 'Always 1; host and cluster as the configuration names them.',
    labelNames: ['host', 'cluster'],
    registers,
  }).set({ host, cluster }, 1);
  // What cannot be read is told by the start of the agent, which names the key.
  const certificate = tls === undefined ? null : await readFile(tls.cert, 'utf8').catch(() => null);
  const endsAt = certificate === null ? null : endOf(certificate);
  if (endsAt !== null)
    new Gauge({
      name: agentMetrics.certificateEnds,
      help: "When the agent's own certificate ends.",
      registers,
    }).set(endsAt / 1000);
  return {
    decided: ({ decision, operation, at }) => {
      requests.inc({ decision });
      if (decision === 'granted' && operation !== undefined) lastGrant.set(at / 1000);
    },
    ended: ({ kind, state }) => operations.inc({ kind, state }),
  };
}

/** `null` for what is no certificate. */
function endOf(pem: string): number | null {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return null;
  }
}

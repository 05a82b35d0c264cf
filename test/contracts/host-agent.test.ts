import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { startAgentHere } from '../agent/support/agent-in-process.ts';
import { createGrants } from '../agent/support/grants.ts';
import { createTestHost } from '../agent/support/test-host.ts';
import { createPretendAgent, type SeenEffect } from '../restore/support/pretend-agent.ts';
import { PretendCluster } from '../restore/support/pretend-cluster.ts';
import { backupName } from '../restore/support/pretend-scene.ts';
import { hostAgentContract } from './host-agent.ts';

hostAgentContract('the client of a real agent', async () => {
  const host = await createTestHost();
  const running = await startAgentHere(host);
  let gone = false;
  const vanish = async (): Promise<void> => {
    if (!gone) await running.close();
    gone = true;
  };
  return {
    agent: running.client,
    request: host.request,
    effects: async () => (await host.effects()).filter((line) => line.endsWith(' block')).length,
    vanish,
    dispose: async () => {
      await vanish();
      await host.dispose();
    },
  };
});

hostAgentContract('the pretend agent', () => {
  const cluster = new PretendCluster(systemClock);
  const host = cluster.host('aurora-1');
  // A host between two starts, with a backup of its own.
  cluster.stop(host);
  host.backups = new Set([backupName]);
  const effects: SeenEffect[] = [];
  const { publicKey, request } = createGrants(generateGrantKeys());
  const agent = createPretendAgent(
    { cluster, publicKey, effects, meddling: { with: null }, streaming: { with: null } },
    host,
  );
  return Promise.resolve({
    agent,
    request,
    effects: (kind) =>
      Promise.resolve(effects.filter((effect) => effect.kind === kind && effect.changed).length),
    vanish: () => {
      host.agentUp = false;
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  });
});

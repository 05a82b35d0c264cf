/** Whether the end of a restore, as people read it, and the state of its hosts agree. */
import { hasTouchedHosts, type RestoreState } from '../../src/restore/record/state.ts';
import type { PretendCluster } from '../restore/support/pretend-cluster.ts';
import { flagsOf } from '../restore/support/pretend-scene.ts';
import { keyOf, type PretendSlack } from './pretend-slack.ts';

/** What does not agree, a sentence each. */
export function judgeEnd(seen: {
  state: RestoreState;
  cluster: PretendCluster;
  slack: PretendSlack;
}): readonly string[] {
  const { state } = seen;
  if (state.ended === null) return [];
  return [...judgeHosts(seen.cluster, state), ...judgeSlack(seen, state)];
}

function judgeHosts(cluster: PretendCluster, state: RestoreState): readonly string[] {
  if (!hasTouchedHosts(state)) return [];
  const isRestored = state.ended?.outcome === 'completed';
  const original = JSON.stringify(Object.entries(flagsOf(cluster.config)).sort());
  return cluster.hosts.flatMap(({ name, service, traffic, flags, log }) => [
    ...(service === 'running' ? [] : [`${name}: its scheduler does not run`]),
    ...(traffic === 'open' ? [] : [`${name}: its port is blocked`]),
    ...(JSON.stringify(Object.entries(flags).sort()) === original
      ? []
      : [`${name}: its flags are not its own`]),
    ...((log?.name === 'old') === isRestored
      ? [`${name}: it runs on the log ${log?.name}, and the restore is ${state.ended?.outcome}`]
      : []),
  ]);
}

/** Nothing is shown twice, however many bots there are, and no card says something else than the end. */
function judgeSlack(
  { slack }: { slack: PretendSlack },
  { proposal, restoreId, ended }: RestoreState,
): readonly string[] {
  const messages = slack.messages(proposal.channel);
  const keyed = messages.map((message) => keyOf(message.metadata) ?? message.ts);
  const twice = keyed.filter((key, index) => keyed.indexOf(key) !== index);
  const cards = messages.filter((_message, index) => keyed[index]?.startsWith(`${restoreId}:card@`));
  const wrong = cards.filter(({ text }) => !text.includes(`: ${ended?.outcome} (`));
  return [
    ...twice.map((key) => `${key} is shown twice`),
    ...(cards.length === 0 ? ['there is no card'] : []),
    ...wrong.map(({ text }) => `a card does not say ${ended?.outcome}: ${text.slice(0, 80)}`),
  ];
}

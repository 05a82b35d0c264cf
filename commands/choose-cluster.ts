import { AuroraError } from '../src/aurora/errors.ts';
import { nearestOf } from '../src/aurora/nearest.ts';
import { named as namedText } from '../src/aurora/printable.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { Conversation } from '../src/slack/conversation.ts';
import type { CommandDeps } from './deps.ts';

/** A command about one cluster, as it was typed or pressed. */
export interface ClusterCall {
  readonly conversation: Conversation;
  /** As it was named, `null` when it was not. */
  readonly cluster: string | null;
  readonly flags: ReadonlySet<string>;
}

/**
 * The cluster a command is about: the one that was named, the only one, or the only one whose restores are held in
 * this channel. AuroraError `unknown-cluster` or `which-cluster` otherwise.
 */
export function chooseCluster(
  { clusters }: Pick<CommandDeps, 'clusters'>,
  asked: { cluster: string | null; conversation: Pick<Conversation, 'channel'> },
): ClusterAccess {
  const { cluster: name, conversation } = asked;
  const known = [...clusters.keys()].map((cluster) => `\`${cluster}\``).join(', ');
  if (name !== null) {
    const named = clusters.get(name);
    if (named !== undefined) return named;
    const [meant] = nearestOf(name, clusters.keys());
    throw new AuroraError({
      code: 'unknown-cluster',
      message: `There is no cluster called \`${namedText(name, 60)}\` in the configuration.`,
      hint: `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}Known: ${known}.`,
    });
  }
  const here = [...clusters.values()].filter((access) => access.cluster.channel === conversation.channel);
  const candidates = clusters.size === 1 ? [...clusters.values()] : here;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  throw new AuroraError({
    code: 'which-cluster',
    message: 'Which cluster?',
    hint: `Add its name, such as \`/aurora leader ${[...clusters.keys()][0] ?? 'east'}\`. Known: ${known}.`,
  });
}

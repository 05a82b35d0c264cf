import { explainContradiction } from '../../../aurora/release-signs.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import { type Check, refuse, warn } from '../finding.ts';
import type { Reading } from '../reading.ts';

/** Agents must be configured for the bot's release: flags, calls and the worth of a backup depend on it. */
export const configuredRelease: Check = {
  name: 'same release configured',
  code: 'host-unfit',
  find: (reading) => [
    ...reading.hosts.flatMap(({ host, status }) =>
      status.auroraVersion === reading.cluster.auroraVersion
        ? []
        : [
            refuse(
              `the agent is configured for Aurora ${status.auroraVersion}, the bot for ${reading.cluster.auroraVersion}.`,
              'Set the release that is really running in both configurations.',
              { host },
            ),
          ],
    ),
    ...differentAgents(reading),
  ],
  passes: ({ cluster }) => `All agents are configured for Aurora ${cluster.auroraVersion}.`,
};

/** Agents of two versions work together, but a rollout that is half done should not meet a restore. */
function differentAgents({ hosts }: Reading) {
  const versions = new Set(hosts.map(({ status }) => status.agentVersion));
  if (versions.size < 2) return [];
  const list = hosts.map(({ host, status }) => `${host} has ${status.agentVersion}`).join(', ');
  return [
    warn(
      `The agents are of different versions: ${list}.`,
      'Finish that rollout first if there is time; a restore works with both.',
    ),
  ];
}

/** What the scheduler and its host show must be possible in that release. */
export const shownRelease: Check = {
  name: 'release as shown',
  code: 'release-mismatch',
  find: ({ hosts, cluster }) =>
    hosts.flatMap(({ host, signs }) => {
      if (signs.length === 0) {
        return [
          warn(
            `nothing there shows which release runs; ${cluster.auroraVersion} is believed because it is configured.`,
            'Compare it with what is installed on the host.',
            { host },
          ),
        ];
      }
      const contradiction = explainContradiction(signs, releaseOf(cluster.auroraVersion));
      return contradiction === null
        ? []
        : [
            refuse(
              contradiction,
              'Set auroraVersion to the release that runs, in the configuration of the bot and of every agent.',
              { host },
            ),
          ];
    }),
  passes: ({ cluster }) => `Nothing that the hosts show contradicts Aurora ${cluster.auroraVersion}.`,
};

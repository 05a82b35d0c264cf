import type { HostPeople } from '../../../aurora/hosts.ts';
import { signersNeeded } from '../../rules/gates.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { PeopleSeen, Reading, SeenHost } from '../reading.ts';
import { listText } from '../words.ts';

/**
 * Hosts that require people's own signatures refuse in the middle of a restore what nobody could sign: so all of them, and the bot,
 * have the same roster and the same mode, and enough people can sign. Where signatures are only observed nothing is refused here
 * either.
 */
export const people: Check = {
  name: 'signatures of people',
  code: 'people-differ',
  find: (reading) => [
    ...findModes(reading),
    ...findRosters(reading),
    ...findTooFew(reading),
    ...reading.hosts.flatMap(findObserved),
  ],
  passes: ({ cluster, hosts }) =>
    cluster.policy.signatures === undefined
      ? 'Nobody is asked for one.'
      : `${cluster.policy.signatures === 'require' ? 'Required' : 'Observed'}; ${hosts.length} hosts have the bot's roster.`,
};

const rosterHint = 'Distribute the same roster to all hosts and the bot (docs/signing.md).';
const modeHint = 'people.mode is in the configuration of each agent (docs/agent.md).';

function modeOf({ status }: SeenHost): HostPeople['mode'] {
  return status.people?.mode ?? 'off';
}

/** Where nobody requires signatures nothing may stop a restore for their sake. */
function severity({ cluster, hosts }: Reading): typeof refuse {
  const isRequired =
    cluster.policy.signatures === 'require' || hosts.some((host) => modeOf(host) === 'require');
  return isRequired ? refuse : warn;
}

function findModes(reading: Reading): Finding[] {
  const { cluster, hosts } = reading;
  const { signatures } = cluster.policy;
  const strict = hosts.filter((host) => modeOf(host) === 'require');
  const byMode = [...Map.groupBy(hosts, modeOf)].map(([mode, those]) => `${mode} on ${namesOf(those)}`);
  return [
    ...(byMode.length < 2
      ? []
      : [
          severity(reading)(
            `Hosts differ in what they ask of people's signatures: ${byMode.join('; ')}.`,
            modeHint,
          ),
        ]),
    ...strict.flatMap(({ host }) => {
      if (signatures === 'require') return [];
      return signatures === undefined
        ? [
            refuse(
              "the agent requires people's signatures, and the policy asks nobody for them.",
              `Set \`signatures: require\` in the policy of the cluster. ${modeHint}`,
              { host },
            ),
          ]
        : [
            warn(
              "the agent requires people's signatures, and the policy only observes them: a sign-off without one would be refused there.",
              'Whoever signs this restore gives a signature; then set `signatures: require` in the policy.',
              { host },
            ),
          ];
    }),
    ...(signatures === 'require' && strict.length === 0
      ? [warn("No host requires people's signatures: they take the bot's word.", modeHint)]
      : []),
  ];
}

function findRosters(reading: Reading): Finding[] {
  const { hosts, people: own } = reading;
  const say = severity(reading);
  const asking = hosts.filter((host) => modeOf(host) !== 'off');
  const hashOf = ({ status }: SeenHost): string | null => status.people?.rosterHash ?? null;
  const read = asking.filter((host) => hashOf(host) !== null);
  const groups = [...Map.groupBy(read, hashOf).values()];
  return [
    ...(own !== null && !own.ok ? [say(own.error.message, own.error.hint)] : []),
    ...asking
      .filter((host) => hashOf(host) === null)
      .map(({ host, status }) =>
        say(`the roster of keys cannot be read. ${status.people?.fault ?? ''}`.trim(), rosterHint, { host }),
      ),
    ...(groups.length < 2
      ? []
      : [
          say(
            `Hosts have different rosters of keys: ${groups.map(namesOf).join(' differ from ')}.`,
            rosterHint,
          ),
        ]),
    ...(own?.ok !== true
      ? []
      : read
          .filter((host) => hashOf(host) !== own.value.rosterHash)
          .map(({ host }) => say("the roster of keys differs from the bot's.", rosterHint, { host }))),
  ];
}

function findTooFew(reading: Reading): Finding[] {
  const { cluster, people: own, backup, now } = reading;
  const { policy } = cluster;
  if (own?.ok !== true || own.value.able === null) return [];
  const backupAgeMs = backup.ok && backup.value.timestampMs !== null ? now - backup.value.timestampMs : 0;
  const others = without(own.value);
  const gates = [
    { what: 'the stop', able: others, needed: signersNeeded({ gate: 'stop', policy, backupAgeMs }) },
    {
      what: 'the commit',
      able: policy.requesterCounts ? own.value.able : others,
      needed: signersNeeded({ gate: 'commit', policy, backupAgeMs }),
    },
  ];
  return gates
    .filter(({ able, needed }) => able.length < needed)
    .map(({ what, able, needed }) =>
      severity(reading)(
        `${able.length} of the approvers can sign ${what} with a key of the roster, and it needs ${needed}.`,
        'Put keys of more approvers into the roster, or name more approvers (docs/signing.md).',
        { code: 'too-few-keys' },
      ),
    );
}

function without({ able, requester }: PeopleSeen): readonly string[] {
  return (able ?? []).filter((person) => person !== requester);
}

/** For whoever migrates: what will be refused one day. */
function findObserved({ host, status }: SeenHost): Finding[] {
  const { mode, refused } = status.people ?? { mode: 'off', refused: [] };
  const last = refused.at(-1);
  if (mode !== 'observe' || last === undefined) return [];
  return [
    warn(
      `if they were required, signatures would have been missing ${refused.length} time${refused.length === 1 ? '' : 's'} since the agent started, last in ${last.restoreId}: ${last.says}`,
      'It was allowed anyway; fix it before you set the mode to require.',
      { host },
    ),
  ];
}

function namesOf(hosts: readonly SeenHost[]): string {
  return listText(hosts.map(({ host }) => host));
}

/** What step 1 says of people's own signatures: who differs, who could not sign, and what is only observed. */

import type { Policy } from '../../../src/aurora/cluster.ts';
import type { HostPeople, HostStatus } from '../../../src/aurora/hosts.ts';
import type { PeopleSeen, Reading } from '../../../src/restore/preflight/reading.ts';
import { failure, fine } from './readings.ts';

const roster = 'aa'.repeat(32);
const other = 'bb'.repeat(32);
const three: PeopleSeen = { rosterHash: roster, able: ['T1:UANA', 'T1:UBO', 'T1:UCY'], requester: 'T1:UANA' };

const asking = (mode: HostPeople['mode'], changes: Partial<HostPeople> = {}): HostPeople => ({
  mode,
  rosterHash: mode === 'off' ? null : roster,
  refused: [],
  verified: [],
  ...changes,
});

/** A cluster of three hosts; `hosts` beyond the first are like the first unless they are named. */
function reading(
  signatures: Policy['signatures'],
  hosts: readonly HostPeople[],
  people: Reading['people'] = signatures === undefined ? null : { ok: true, value: three },
): Reading {
  const { signatures: _none, ...policy } = fine.cluster.policy;
  return {
    ...fine,
    cluster: { ...fine.cluster, policy: { ...policy, ...(signatures !== undefined && { signatures }) } },
    people,
    hosts: fine.hosts.map((seen, index) => ({
      ...seen,
      status: withPeople(seen.status, hosts[index] ?? hosts[0]),
    })),
  };
}

function withPeople(status: HostStatus, people: HostPeople | undefined): HostStatus {
  return people === undefined ? status : { ...status, people };
}

const able = (...ids: readonly string[]): Reading['people'] => ({ ok: true, value: { ...three, able: ids } });
const refused = [
  { at: 1, operationId: 'o1', restoreId: 'R1', rule: 'signatures', says: 'No one has signed the stop.' },
  { at: 2, operationId: 'o2', restoreId: 'R2', rule: 'signatures', says: '1 of 2 signatures.' },
];

export const peopleCases: readonly (readonly [what: string, reading: Reading, expected: RegExp])[] = [
  ['nobody is asked', reading(undefined, []), /^pass Nobody is asked for one\.$/],
  ['agents of before do not tell', reading('observe', []), /^pass Observed; 3 hosts/],
  [
    'all require',
    reading('require', [asking('require')]),
    /^pass Required; 3 hosts have the bot's roster\.$/,
  ],
  [
    'hosts require and the policy asks nobody',
    reading(undefined, [asking('require')]),
    /^refuse aurora-1: the agent requires people's signatures, and the policy asks nobody for them\. Set `signatures: require`/,
  ],
  [
    'hosts require and the policy observes',
    reading('observe', [asking('require')]),
    /^warn aurora-1: the agent requires people's signatures, and the policy only observes them/,
  ],
  [
    'modes differ',
    reading('require', [asking('require'), asking('off'), asking('require')]),
    /^refuse Hosts differ in what they ask of people's signatures: require on aurora-1 and aurora-3; off on aurora-2\./,
  ],
  [
    'modes differ while all is observed',
    reading('observe', [asking('observe'), asking('off'), asking('observe')]),
    /^warn Hosts differ/,
  ],
  [
    'no host requires what the policy does',
    reading('require', [asking('observe')]),
    /^warn No host requires people's signatures: they take the bot's word\./,
  ],
  [
    'rosters differ',
    reading('require', [asking('require'), asking('require', { rosterHash: other }), asking('require')]),
    /^refuse Hosts have different rosters of keys: aurora-1 and aurora-3 differ from aurora-2\..*Distribute the same roster/s,
  ],
  [
    "all hosts differ from the bot's",
    reading('require', [asking('require', { rosterHash: other })]),
    /^refuse aurora-1: the roster of keys differs from the bot's\./,
  ],
  [
    'a roster of a host cannot be read',
    reading('require', [
      asking('require'),
      asking('require', { rosterHash: null, fault: 'The roster is not a plain file.' }),
      asking('require'),
    ]),
    /^refuse aurora-2: the roster of keys cannot be read\. The roster is not a plain file\./,
  ],
  [
    "the bot's roster cannot be read",
    reading(
      'require',
      [asking('require')],
      failure('roster-unreadable', 'The roster people.yaml cannot be read.'),
    ),
    /^refuse The roster people\.yaml cannot be read\./,
  ],
  [
    "the bot's roster cannot be read while all is observed",
    reading(
      'observe',
      [asking('observe')],
      failure('roster-unreadable', 'The roster people.yaml cannot be read.'),
    ),
    /^warn The roster people\.yaml cannot be read\./,
  ],
  [
    'one alone could sign the commit',
    reading('require', [asking('require')], able('T1:UBO')),
    /^refuse 1 of the approvers can sign the commit with a key of the roster, and it needs 2\./,
  ],
  [
    'the requester alone could approve the stop',
    reading('require', [asking('require')], able('T1:UANA')),
    /^refuse 0 of the approvers can sign the stop with a key of the roster, and it needs 1\./,
  ],
  [
    'Slack is not asked who approves',
    reading('require', [asking('require')], { ok: true, value: { ...three, able: null } }),
    /^pass/,
  ],
  [
    'agents would have refused something',
    reading('observe', [asking('observe', { refused })]),
    /^warn aurora-1: if they were required, signatures would have been missing 2 times since the agent started, last in R2: 1 of 2 signatures\./,
  ],
];

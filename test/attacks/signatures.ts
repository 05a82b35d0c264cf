/** Whoever owns the bot's host, grant key and all, against an agent that requires people's own signatures: one trick each. */
import { chmod } from 'node:fs/promises';
import type { OperationRequest } from '../../src/aurora/operations.ts';
import type { SignedStatement, Statement } from '../../src/aurora/statement.ts';
import { digestStagedSet } from '../../src/backups/digest.ts';
import { createSigners } from '../signing/signers.ts';
import { now } from '../signing/statements.ts';
import type { Attack, Outcome } from './attack.ts';
import { type AttackedHost, createAttackedHost } from './attacked-host.ts';
import { backupName, granted, grantKey, recovery, sha, statementOf, tasks } from './restores.ts';

const signers = createSigners();
const hourMs = 3_600_000;
const { digest: staged } = await digestStagedSet(tasks);
const stop = signers.signed(statementOf('stop'), 'cy');
const commitOf = (changes: Partial<Statement> = {}): Statement =>
  statementOf('commit', { staged, ...changes });
const commit = signers.signed(commitOf(), 'ana', 'bo');

/** Isolated with the stop that Cy has signed, and what was signed is staged. */
async function atTheCommit(host: AttackedHost): Promise<void> {
  const given = { now: host.clock.now(), statements: [stop] };
  const way: readonly OperationRequest[] = [
    granted('stop-scheduler', { graceMs: 1 }, given),
    granted('set-flags', { flags: recovery }, given),
    granted('set-aside-log', {}, given),
    granted('initialize-log', {}, given),
    granted('start-scheduler', {}, given),
  ];
  for (const request of way) await mustBeDone(host, request);
  host.stage(tasks);
}

/** Committed, and started with reconciliation held back. */
async function atTheSecondLook(host: AttackedHost, statements = [stop, commit]): Promise<void> {
  await atTheCommit(host);
  const given = { now: host.clock.now(), statements };
  const way: readonly OperationRequest[] = [
    granted('commit-recovery', {}, given),
    granted('stop-scheduler', { graceMs: 1 }, given),
    granted('restore-flags', {}, given),
    granted('set-flags', { flags: { reconciliation_initial_delay: '365days' } }, given),
    granted('start-scheduler', {}, given),
  ];
  for (const request of way) await mustBeDone(host, request);
}

async function mustBeDone(host: AttackedHost, request: OperationRequest): Promise<void> {
  const { ended, says } = await host.send(request);
  if (ended !== 'done') throw new Error(`${request.kind} on the way there ended with ${ended}: ${says}`);
}

interface Trick {
  readonly tries: string;
  readonly prepare?: (host: AttackedHost) => Promise<void>;
  readonly does: (host: AttackedHost) => Promise<OperationRequest> | OperationRequest;
  /** The rule that refuses it; what is refused when its turn comes ends as `failed`. */
  readonly rule: string;
  /** The scheduler ends afterwards, and whatever holds it not starts it again. */
  readonly thenDies?: true;
}

const committing =
  (statements: readonly SignedStatement[], digest = sha('e')) =>
  (host: AttackedHost) =>
    granted('commit-recovery', {}, { now: host.clock.now(), digest, statements });
const ana = signers.proof(commitOf(), 'ana');

const tricks: readonly Trick[] = [
  { tries: 'commits with nothing but the grant key', does: committing([]), rule: 'proofs' },
  {
    tries: 'commits with one signature of two',
    does: committing([stop, signers.signed(commitOf(), 'ana')]),
    rule: 'proofs',
  },
  {
    tries: 'commits with the two keys of one person',
    does: committing([{ statement: commitOf(), proofs: [ana, signers.proof(commitOf(), 'ana', 'phone')] }]),
    rule: 'proofs',
  },
  {
    tries: 'commits with one signature given twice',
    does: committing([{ statement: commitOf(), proofs: [ana, ana] }]),
    rule: 'proofs',
  },
  {
    tries: 'commits with a key that is in no roster',
    does: committing([signers.signed(commitOf(), 'ana', 'eve')]),
    rule: 'proofs',
  },
  {
    tries: 'commits with a statement that says one is enough',
    does: committing([signers.signed(commitOf({ needed: 1 }), 'ana')]),
    rule: 'proofs',
  },
  {
    tries: 'commits with the two who have made what is signed',
    does: committing([signers.signed(commitOf({ authors: ['T1:UANA', 'T1:UBO'] }), 'ana', 'bo')]),
    rule: 'proofs',
  },
  {
    tries: 'commits on signatures of a stop',
    does: committing([signers.signed(statementOf('stop'), 'ana', 'bo')]),
    rule: 'proofs',
  },
  {
    tries: 'commits on signatures of a stop, called a commit',
    does: committing([{ ...signers.signed(statementOf('stop'), 'ana', 'bo'), statement: commitOf() }]),
    rule: 'proofs',
  },
  {
    tries: 'commits on signatures of another restore',
    does: committing([signers.signed(commitOf({ restore: 'R2' }), 'ana', 'bo')]),
    rule: 'statement',
  },
  {
    tries: 'commits on signatures of another restore with the same name',
    does: committing([stop, signers.signed(commitOf({ journal: sha('9') }), 'ana', 'bo')]),
    rule: 'statement',
  },
  {
    tries: 'commits on signatures of another cluster',
    does: committing([signers.signed(commitOf({ cluster: 'west' }), 'ana', 'bo')]),
    rule: 'statement',
  },
  {
    tries: 'commits on a host that was not signed',
    does: committing([signers.signed(commitOf({ hosts: ['aurora-2'] }), 'ana', 'bo')]),
    rule: 'statement',
  },
  {
    tries: 'commits another digest than was signed',
    does: committing([stop, commit], sha('f')),
    rule: 'statement',
  },
  {
    tries: 'commits on signatures of yesterday',
    does: (host) => {
      host.clock.pass(25 * hourMs);
      return committing([stop, commit])(host);
    },
    rule: 'statement',
  },
  {
    tries: 'commits on signatures of tomorrow',
    does: committing([
      signers.signed(commitOf({ issuedAt: now + hourMs, expiresAt: now + 2 * hourMs }), 'ana', 'bo'),
    ]),
    rule: 'statement',
  },
  {
    tries: 'commits on signatures that never end',
    does: committing([signers.signed(commitOf({ expiresAt: now + 1_000 * hourMs }), 'ana', 'bo')]),
    rule: 'statement',
  },
  {
    tries: 'commits with somebody who has left since',
    does: async (host) => {
      await host.writeRoster(signers.rosterWithout('bo'));
      return committing([stop, commit])(host);
    },
    rule: 'proofs',
  },
  {
    tries: 'commits while the roster can be written by anybody',
    does: async (host) => {
      await chmod(host.path('people.yaml'), 0o666);
      return committing([stop, commit])(host);
    },
    rule: 'roster',
  },
  {
    tries: 'commits with a task taken out after people signed',
    does: (host) => {
      host.stage(tasks.slice(1));
      return committing([stop, commit])(host);
    },
    rule: 'failed',
  },
  {
    tries: 'commits what somebody else has staged on a scheduler that runs as ever',
    prepare: (host) => Promise.resolve(host.stage(tasks)),
    does: committing([stop, commit]),
    rule: 'state',
  },
  {
    tries: 'fills the log from another backup than was signed',
    does: (host) =>
      granted(
        'run-recovery-tool',
        { name: backupName, sha256: sha('7'), flags: { native_log_quorum_size: '1' } },
        {
          now: host.clock.now(),
          statements: [signers.signed(commitOf({ procedure: 'recovery-tool' }), 'ana', 'bo')],
        },
      ),
    rule: 'signed-content',
  },
  {
    tries: 'has the recovery tool fill another log',
    does: (host) =>
      granted(
        'run-recovery-tool',
        { name: backupName, sha256: sha('b'), flags: { native_log_file_path: '/var/lib/other' } },
        {
          now: host.clock.now(),
          statements: [signers.signed(commitOf({ procedure: 'recovery-tool' }), 'ana', 'bo')],
        },
      ),
    rule: 'signed-content',
  },
  {
    tries: 'starts a blank log with own flags',
    prepare: async (host) => {
      const given = { now: host.clock.now(), statements: [stop] };
      await atTheCommit(host);
      await mustBeDone(host, granted('stop-scheduler', { graceMs: 1 }, given));
      await mustBeDone(host, granted('restore-flags', {}, given));
    },
    does: (host) => granted('start-scheduler', {}, { now: host.clock.now(), statements: [stop] }),
    rule: 'proofs',
  },
  {
    tries: 'starts a blank log with own flags, under a restore that has made none',
    prepare: async (host) => {
      const given = { now: host.clock.now(), statements: [stop] };
      await atTheCommit(host);
      await mustBeDone(host, granted('stop-scheduler', { graceMs: 1 }, given));
      await mustBeDone(host, granted('restore-flags', {}, given));
    },
    does: (host) =>
      granted('start-scheduler', {}, { now: host.clock.now(), restoreId: 'R7', statements: [] }),
    rule: 'state',
  },
  {
    tries: 'gives a scheduler that runs on a blank log its own flags, and waits until it dies',
    does: (host) => granted('restore-flags', {}, { now: host.clock.now(), restoreId: 'R7' }),
    rule: 'state',
    thenDies: true,
  },
  {
    tries: 'turns authentication off',
    does: (host) =>
      granted(
        'set-flags',
        { flags: { http_authentication_mechanism: 'NONE' } },
        { now: host.clock.now(), statements: [stop, commit] },
      ),
    rule: 'state',
  },
  {
    tries: 'stops a cluster that nobody wants stopped',
    prepare: () => Promise.resolve(),
    does: (host) => granted('stop-scheduler', { graceMs: 1 }, { now: host.clock.now() }),
    rule: 'proofs',
  },
  {
    tries: 'puts back a log of long ago',
    prepare: () => Promise.resolve(),
    does: (host) =>
      granted('put-back-log', {}, { now: host.clock.now(), restoreId: 'R0', statements: [stop] }),
    rule: 'proofs',
  },
  {
    tries: 'goes back after the commit without anybody',
    prepare: atTheSecondLook,
    does: (host) => granted('put-back-log', {}, { now: host.clock.now(), statements: [stop, commit] }),
    rule: 'proofs',
  },
  {
    tries: 'reconciles before people have had their time to look',
    prepare: atTheSecondLook,
    does: (host) => granted('reconcile-implicit', {}, { now: host.clock.now(), statements: [stop, commit] }),
    rule: 'proofs',
  },
  {
    tries: 'shows the signed commit early, so that the time to look has passed when it is made',
    prepare: async (host) => {
      await mustBeDone(
        host,
        granted('block-traffic', {}, { now: host.clock.now(), statements: [commit, stop] }),
      );
      host.clock.pass(30 * 60_000);
      await atTheSecondLook(host);
    },
    does: (host) => granted('reconcile-explicit', {}, { now: host.clock.now(), statements: [stop, commit] }),
    rule: 'proofs',
  },
  {
    tries: 'reconciles on the word of somebody who has not signed the commit',
    prepare: atTheSecondLook,
    does: (host) =>
      granted(
        'reconcile-implicit',
        {},
        {
          now: host.clock.now(),
          statements: [commit, signers.signed(statementOf('release', { staged }), 'cy')],
        },
      ),
    rule: 'proofs',
  },
  {
    tries: 'takes the hold on reconciliation out before anybody lets it go on',
    prepare: atTheSecondLook,
    does: (host) => granted('restore-flags', {}, { now: host.clock.now(), statements: [stop, commit] }),
    rule: 'proofs',
  },
];

export const signatureAttacks: readonly Attack[] = tricks.map((trick) => ({
  name: `bot host: ${trick.tries}`,
  play: () => play(trick),
}));

async function play({ prepare = atTheCommit, does, rule, thenDies }: Trick): Promise<Outcome> {
  const { rosterYaml } = signers;
  const host = await createAttackedHost({ rosterYaml, publicKey: grantKey, now, oldLogOf: 'R0' });
  try {
    await prepare(host);
    const before = new Set(host.harms);
    const { ended, says } = await host.send(await does(host));
    if (thenDies) await host.schedulerDies();
    const harms = host.harms.filter((harm) => !before.has(harm));
    const held = ended === rule && harms.length === 0;
    return { held, says: [`${ended}: ${says}`, ...harms].join(' ') };
  } finally {
    await host.dispose();
  }
}

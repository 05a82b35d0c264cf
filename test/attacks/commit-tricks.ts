/** Commits on signatures that do not make one. */
import { chmod } from 'node:fs/promises';
import type { SignedStatement } from '../../src/aurora/statement.ts';
import { now } from '../signing/statements.ts';
import type { AttackedHost } from './attacked-host.ts';
import { backupName, granted, sha, statementOf, tasks } from './restores.ts';
import { commit, commitOf, hourMs, signers, stop, type Trick } from './way.ts';

const committing =
  (statements: readonly SignedStatement[], digest = sha('e')) =>
  (host: AttackedHost) =>
    granted('commit-recovery', {}, { now: host.clock.now(), digest, statements });
const ana = signers.proof(commitOf(), 'ana');

export const commitTricks: readonly Trick[] = [
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
];

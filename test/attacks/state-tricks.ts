/** Everything but the commit itself that could cost a cluster its tasks. */
import { granted, statementOf } from './restores.ts';
import {
  atTheCommit,
  atTheSecondLook,
  commit,
  mustBeDone,
  signers,
  staged,
  stop,
  type Trick,
} from './way.ts';

export const stateTricks: readonly Trick[] = [
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

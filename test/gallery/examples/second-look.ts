/** The cluster runs again and nothing has been reconciled: the last moment to go back without loss. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';

import { bo, cy } from '../../restore/support/story.ts';
import { pausedAtLook } from '../../slack/support/turn-stories.ts';
import { looking, opened, runAll, signed, stories } from '../../slack/support/whole-story.ts';
import type { Group } from '../example.ts';
import { card, formOf, inChannel, reply, said, upTo } from '../moments.ts';
import { playNotice } from '../played.ts';

const until = Date.UTC(2026, 10, 23, 15, 5);
const goneBack = stories['gone back'] ?? [];
const goingBack: readonly RestoreEvent[] = [
  ...looking,
  opened('go-back', 2, 60),
  signed('go-back', bo, 'bidder misbehaves'),
];
/** Owners are known, and the pages to look at. */
const withOwners = looking.map(
  (event): RestoreEvent =>
    event.type === 'restore-proposed'
      ? {
          ...event,
          policy: { ...event.policy, owners: { www: 'UBO', ads: 'S0ONCALL' } },
          pages: { scheduler: 'https://aurora.example.org/scheduler', mesos: 'https://mesos.example.org' },
        }
      : event,
);

/** The policy lets an approver open traffic. */
const allowing = looking.map(
  (event): RestoreEvent =>
    event.type === 'restore-proposed'
      ? { ...event, policy: { ...event.policy, lookTraffic: 'allow' } }
      : event,
);
const trafficOrdered: RestoreEvent = { type: 'open-traffic-ordered', person: bo };

export async function secondLookExamples(): Promise<Group> {
  const noticed: readonly RestoreEvent[] = [...looking, await playNotice()];
  return {
    title: 'The second look, and going back',
    examples: [
      reply(
        {
          id: 'second-look',
          title: 'Look at your jobs',
          seen: 'In the thread, when the restored cluster has a leader.',
          main: true,
        },
        said(looking),
      ),
      inChannel(
        {
          id: 'look-in-channel',
          title: 'The same in the channel',
          seen: 'In the channel, for those who do not follow the thread.',
        },
        said(looking, { nth: 1 }),
      ),
      reply(
        {
          id: 'second-look-owners',
          title: 'The same where owners are known',
          seen: 'In the thread, where the policy maps roles to owners.',
        },
        said(withOwners),
      ),
      reply(
        {
          id: 'second-look-answered',
          title: 'The same, answered',
          seen: 'In the thread, once somebody let it reconcile.',
        },
        said(looking, { later: [{ type: 'release-ordered', person: cy }] }),
      ),
      card(
        { id: 'card-look', title: 'The card at the second look', seen: 'In the channel.', main: true },
        looking,
      ),
      reply(
        {
          id: 'look-reminded',
          title: 'It goes on by itself soon',
          seen: 'In the thread, before the second look ends by itself.',
        },
        said([...looking, { type: 'look-reminded', until }]),
      ),
      reply(
        {
          id: 'look-noticed',
          title: 'Something has changed',
          seen: 'In the thread, when somebody else has reconciled meanwhile.',
        },
        said(noticed),
      ),
      card({ id: 'card-noticed', title: 'The card then', seen: 'In the channel.' }, noticed),
      formOf(
        { id: 'reconcile-form', title: 'Let it reconcile', seen: 'After *Let it reconcile…*' },
        'let-reconcile',
        looking,
      ),
      reply(
        { id: 'reconcile-ordered', title: 'It reconciles', seen: 'In the thread, when a signer let it.' },
        said([...looking, { type: 'release-ordered', person: cy }]),
      ),
      reply(
        {
          id: 'reconcile-by-itself',
          title: 'It reconciles by itself',
          seen: 'In the thread, when the time is over and the policy lets it go on.',
        },
        said([...looking, { type: 'release-ordered', person: null }]),
      ),
      card(
        { id: 'card-reconciling', title: 'The card while it reconciles', seen: 'In the channel.' },
        [...looking, { type: 'release-ordered', person: cy }],
        {
          progress: 'Waiting for the second reconciliation: 40 s of 5 min',
          progressAt: Date.UTC(2026, 10, 23, 14, 36, 3),
        },
      ),
      formOf(
        { id: 'more-time-form', title: 'More time', seen: 'After *30 more minutes…*' },
        'more-time',
        looking,
      ),
      reply(
        { id: 'more-time', title: 'There is more time', seen: 'In the thread.' },
        said([...looking, { type: 'look-extended', person: bo, until: until + 1_800_000 }]),
      ),
      formOf(
        {
          id: 'open-traffic-form',
          title: 'Let traffic in for a look',
          seen: 'After *Let traffic in for a look…*, where the policy allows it.',
        },
        'open-traffic',
        allowing,
      ),
      reply(
        {
          id: 'open-traffic',
          title: 'Traffic is let in',
          seen: 'In the thread, when an approver let it in.',
        },
        said([...allowing, trafficOrdered]),
      ),
      reply(
        {
          id: 'second-look-open',
          title: 'The second look while traffic is open',
          seen: 'In the thread, once the agents have let traffic in.',
        },
        said(allowing, { later: [trafficOrdered, ...runAll('open-traffic')] }),
      ),
      card(
        {
          id: 'card-look-paused',
          title: 'The card of a second look that is paused',
          seen: 'In the channel.',
        },
        pausedAtLook,
      ),
      formOf(
        { id: 'go-back-form', title: 'Go back', seen: 'After *Go back to the old state…*' },
        'go-back',
        looking,
        { gate: 'go-back' },
      ),
      reply(
        {
          id: 'go-back-asked',
          title: 'Going back was asked for',
          seen: 'In the thread, when somebody wants to go back.',
        },
        said(upTo(goneBack, 'gate-opened')),
      ),
      card({ id: 'card-go-back', title: 'The card while it is decided', seen: 'In the channel.' }, goingBack),
      reply(
        { id: 'go-back-signed', title: 'One has signed going back', seen: 'In the thread.' },
        said(goingBack),
      ),
      reply(
        {
          id: 'go-back-decided',
          title: 'It goes back',
          seen: 'In the thread, after the last sign-off needed.',
        },
        said(upTo(goneBack, 'gate-passed')),
      ),
      reply(
        {
          id: 'go-back-expired',
          title: 'Too few wanted to go back',
          seen: 'In the thread, when the time for it is over.',
        },
        said([...goingBack, { type: 'gate-expired', gate: 'go-back' }]),
      ),
      formOf(
        {
          id: 'decline-go-back-form',
          title: 'Decline going back',
          seen: 'After *Decline…* while it is decided.',
        },
        'decline',
        goingBack,
        { gate: 'go-back' },
      ),
    ],
  };
}

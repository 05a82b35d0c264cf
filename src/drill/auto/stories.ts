/**
 * The stories a drill can play by itself. They read like what three people on call would do, know nothing but what
 * stands in Slack, and do again what came to nothing: a bot that is killed between a press and its work is one. What stands
 * in the thread already is not done again, so a story goes on where an earlier drill in the same directory was ended.
 */
import { cast, incidentChannel } from '../world/cast.ts';
import { hasButton, type SeenMessage, type SlackHand } from './hand.ts';

export const storyNames = ['restore', 'healthy', 'go-back', 'abort', 'old-log'] as const;
export type StoryName = (typeof storyNames)[number];

/** Whether it begins with a cluster that has lost its log. Bringing an old log back needs one that is worth it. */
export function beginsWithLostLogs(name: StoryName): boolean {
  return name !== 'healthy' && name !== 'old-log';
}

/** How the newest restore of a story ends. */
export function endOfStory(name: StoryName): 'completed' | 'undone' {
  return name === 'go-back' || name === 'abort' ? 'undone' : 'completed';
}

const channel = incidentChannel.id;

/** Plays a story to its end; answers the last message of the channel. */
export async function playStory(name: StoryName, hand: SlackHand): Promise<SeenMessage> {
  const card = await openRestore(hand);
  if (name !== 'old-log') return await carryThrough(hand, card, name === 'healthy' ? 'restore' : name);
  await carryThrough(hand, card, 'restore');
  return await carryThrough(hand, await proposeReturn(hand, card), 'restore');
}

/** What one restore can come to. */
export type Way = Exclude<StoryName, 'healthy' | 'old-log'>;

/** From its card to its end, that way; answers the last message of the channel. */
export async function carryThrough(hand: SlackHand, card: SeenMessage, way: Way): Promise<SeenMessage> {
  await approveTheStop(hand, card);
  if (way === 'abort') {
    await abortWhenStaged(hand, card);
  } else {
    await signAndCommit(hand, card);
    await untilLook(hand, card);
    await (way === 'go-back' ? goBack(hand, card) : letItReconcile(hand, card));
  }
  return await untilEnded(hand, card);
}

/** After it has reconciled, Ana wants the log of before back: a restore of its own, whose card is answered. */
export async function proposeReturn(hand: SlackHand, first: SeenMessage): Promise<SeenMessage> {
  return await hand.insist({
    what: 'the card of the way back',
    act: async () => {
      await hand.pressIn({ user: cast.ana, card: first, actionId: 'return-to-old' });
      await hand.submitForm({
        user: cast.ana,
        form: 'return-to-old',
        values: { reason: 'the backup was of the wrong week', incident: 'INC-4411' },
      });
    },
    look: async () =>
      (await hand.readChannel(channel)).find(
        ({ ts, plain }) => ts > first.ts && plain.startsWith('Restore of'),
      ) ?? null,
  });
}

/** Answers the card of the restore that is open, and proposes one when there is none. */
export async function openRestore(hand: SlackHand): Promise<SeenMessage> {
  return (await findOpenCard(hand)) ?? (await lookAndPropose(hand));
}

/** The card of a restore that has not ended, from an earlier drill in this directory. */
async function findOpenCard(hand: SlackHand): Promise<SeenMessage | null> {
  const messages = await hand.readChannel(channel);
  return messages.findLast(({ plain }) => plain.startsWith('Restore of') && !plain.includes('Ended')) ?? null;
}

async function lookAndPropose(hand: SlackHand): Promise<SeenMessage> {
  await lookAround(hand);
  return await propose(hand);
}

/** Ana looks who leads and what there is. */
async function lookAround(hand: SlackHand): Promise<void> {
  for (const [text, sign] of [
    ['/aurora leader', ' leads'],
    ['/aurora backups', 'recommended'],
  ] as const) {
    await hand.insist({
      what: `the answer to ${text}`,
      act: () => hand.type({ user: cast.ana, channel, text }),
      look: async () =>
        (await hand.readEphemerals(cast.ana)).findLast((message) => message.plain.includes(sign)) ?? null,
    });
  }
}

/** Ana proposes the newest whole backup, which the form has chosen already. */
async function propose(hand: SlackHand): Promise<SeenMessage> {
  return await hand.insist({
    what: 'the card of the restore',
    act: async () => {
      await hand.type({ user: cast.ana, channel, text: '/aurora restore' });
      await hand.submitForm({
        user: cast.ana,
        form: 'propose-restore',
        values: { reason: 'replicated log corrupt on all hosts', incident: 'INC-4411' },
      });
    },
    look: async () =>
      (await hand.readChannel(channel)).findLast((message) => message.plain.startsWith('Restore of')) ?? null,
  });
}

/** Ana tries to approve her own proposal and is refused; Bo approves it. */
async function approveTheStop(hand: SlackHand, card: SeenMessage): Promise<void> {
  if ((await findInThread(hand, card, '@bo approved')) !== null) return;
  await hand.insist({
    what: 'the refusal of a self-approval',
    act: () => hand.pressIn({ user: cast.ana, card, actionId: 'approve-stop' }),
    look: async () =>
      (await hand.readEphemerals(cast.ana)).findLast(
        ({ ts, plain }) => ts > card.ts && plain.includes('someone else'),
      ) ?? null,
  });
  await decide(hand, card, {
    user: cast.bo,
    actionId: 'approve-stop',
    form: 'approve',
    values: { comment: 'checked with ads, go' },
    sign: '@bo approved',
  });
}

async function signAndCommit(hand: SlackHand, card: SeenMessage): Promise<void> {
  for (const [user, name, comment] of [
    [cast.bo, '@bo', 'numbers as in the plan'],
    [cast.cy, '@cy', 'web and ads know'],
  ] as const) {
    const values = { comment };
    await decide(hand, card, {
      user,
      actionId: 'sign-off-commit',
      form: 'approve',
      values,
      sign: `${name} signed off the commit`,
    });
  }
  await decide(hand, card, {
    user: cast.cy,
    actionId: 'commit',
    form: 'commit',
    values: { cluster: 'east' },
    sign: '@cy ordered the commit',
  });
}

/** What was staged may be lost after the order, and staged again: then it is asked for anew, and ordered once more. */
async function untilLook(hand: SlackHand, card: SeenMessage): Promise<void> {
  for (;;) {
    const orders = (await hand.readThread(card)).filter(({ plain }) => plain.includes('ordered the commit'));
    const lastOrder = orders.at(-1)?.ts ?? '';
    const isAskedAnew = (message: SeenMessage) =>
      message.ts > lastOrder && (isCommitAsked(message) || /^Needs .* approver/.test(message.plain));
    const message = await hand.untilInThread(
      card,
      'the second look',
      (seen) => isAskedAnew(seen) || isLook(seen) || (seen.ts === card.ts && seen.plain.includes('Ended')),
    );
    if (!isAskedAnew(message)) return;
    if (!isCommitAsked(message)) {
      await signAnew(hand, { card, since: message.ts });
      continue;
    }
    await hand.insist({
      what: 'the second order to commit',
      act: async () => {
        await hand.pressIn({ user: cast.cy, card, actionId: 'commit' });
        await hand.submitForm({ user: cast.cy, form: 'commit', values: { cluster: 'east' } });
      },
      look: async () => {
        const thread = await hand.readThread(card);
        return (
          thread.find(({ ts, plain }) => ts > message.ts && plain.includes('ordered the commit')) ?? null
        );
      },
    });
  }
}

/** What was signed before counts no more. */
async function signAnew(hand: SlackHand, asked: { card: SeenMessage; since: string }): Promise<void> {
  const { card, since } = asked;
  for (const [user, name] of [
    [cast.bo, '@bo'],
    [cast.cy, '@cy'],
  ] as const) {
    const look = async () =>
      (await hand.readThread(card)).find(
        ({ ts, plain }) => ts > since && plain.includes(`${name} signed off the commit`),
      ) ?? null;
    if ((await look()) !== null) continue;
    await hand.insist({
      what: `${name} to sign again`,
      act: async () => {
        await hand.pressIn({ user, card, actionId: 'sign-off-commit' });
        await hand.submitForm({ user, form: 'approve', values: { comment: 'the same again' } });
      },
      look,
    });
  }
  await hand.untilInThread(
    card,
    'the question to commit',
    (message) => message.ts > since && isCommitAsked(message),
  );
}

/** Its words go when it is answered. */
const isCommitAsked = (message: SeenMessage): boolean => message.plain.includes('One of them commits');

/** Its words stay when its buttons are gone, in a drill that is taken up again afterwards. */
const isLook = (message: SeenMessage): boolean => message.plain.includes('Until then going back is clean');

async function letItReconcile(hand: SlackHand, card: SeenMessage): Promise<void> {
  await decide(hand, card, {
    user: cast.bo,
    actionId: 'let-reconcile',
    form: 'let-reconcile',
    values: {},
    sign: '@bo let it reconcile',
  });
}

async function goBack(hand: SlackHand, card: SeenMessage): Promise<void> {
  for (const [user, name, reason] of [
    [cast.bo, '@bo', 'wrong backup, a job is missing'],
    [cast.cy, '@cy', 'agreed'],
  ] as const) {
    const values = { reason };
    await decide(hand, card, {
      user,
      actionId: 'go-back',
      form: 'go-back',
      values,
      sign: `${name} signed off going back`,
    });
  }
}

/** Dana is no approver; anybody who is known may stop a restore. */
async function abortWhenStaged(hand: SlackHand, card: SeenMessage): Promise<void> {
  const sign = '@dana stopped the restore';
  // In a drill that is taken up again it may have been ordered already: then nobody asks for sign-offs any more.
  await hand.untilInThread(
    card,
    'the staged tasks',
    (message) => hasButton(message, 'sign-off-commit') || message.plain.includes(sign),
  );
  await decide(hand, card, {
    user: cast.dana,
    actionId: 'abort',
    form: 'abort',
    values: { reason: 'scratch must not come back' },
    sign,
  });
}

/** Presses, fills in the form, and sees the decision in the thread. */
async function decide(
  hand: SlackHand,
  card: SeenMessage,
  decision: {
    user: string;
    actionId: string;
    form: string;
    values: Record<string, unknown>;
    sign: string;
  },
): Promise<void> {
  const { user, actionId, form, values, sign } = decision;
  if ((await findInThread(hand, card, sign)) !== null) return;
  await hand.insist({
    what: `"${sign}" in the thread`,
    act: async () => {
      await hand.pressIn({ user, card, actionId });
      await hand.submitForm({ user, form, values });
    },
    look: () => findInThread(hand, card, sign),
  });
}

async function findInThread(hand: SlackHand, card: SeenMessage, sign: string): Promise<SeenMessage | null> {
  return (await hand.readThread(card)).findLast((message) => message.plain.includes(sign)) ?? null;
}

async function untilEnded(hand: SlackHand, card: SeenMessage): Promise<SeenMessage> {
  await hand.untilInThread(
    card,
    'the end of the restore',
    (message) => message.ts === card.ts && message.plain.includes('Ended'),
  );
  return await hand.untilInChannel(channel, 'the last message', (message) => message.ts > card.ts);
}

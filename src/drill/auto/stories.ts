/**
 * The stories a drill can play by itself. They read like what three people on call would do, and know nothing but
 * what stands in Slack.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { cast, incidentChannel } from '../world/cast.ts';
import { hasButton, type SeenMessage, type SlackHand } from './hand.ts';

export const storyNames = ['restore', 'go-back', 'abort'] as const;
export type StoryName = (typeof storyNames)[number];

const channel = incidentChannel.id;

/** Plays a story to its end; answers the last message of the channel. */
export async function playStory(name: StoryName, hand: SlackHand): Promise<SeenMessage> {
  const card = await proposeAndApprove(hand);
  switch (name) {
    case 'restore':
      await signAndCommit(hand, card);
      await letItReconcile(hand, card);
      break;
    case 'go-back':
      await signAndCommit(hand, card);
      await goBack(hand, card);
      break;
    case 'abort':
      await abortWhenStaged(hand, card);
      break;
  }
  return await untilEnded(hand, card);
}

/** Ana looks who leads and what there is, proposes, and is refused as her own approver; Bo approves the stop. */
async function proposeAndApprove(hand: SlackHand): Promise<SeenMessage> {
  await hand.type({ user: cast.ana, channel, text: '/aurora leader' });
  await hand.untilEphemeral(cast.ana, 'the answer to /aurora leader', (message) =>
    message.plain.includes('leads'),
  );
  await hand.type({ user: cast.ana, channel, text: '/aurora backups' });
  await hand.untilEphemeral(cast.ana, 'the answer to /aurora backups', (message) =>
    message.plain.includes('recommended'),
  );

  await hand.type({ user: cast.ana, channel, text: '/aurora restore' });
  // The newest whole backup is chosen already.
  await hand.untilView(cast.ana, 'propose-restore');
  await hand.submit({
    user: cast.ana,
    values: { reason: 'replicated log corrupt on all hosts', incident: 'INC-4411' },
  });
  const card = await hand.untilInChannel(channel, 'the card', (message) =>
    message.plain.includes('Restore of'),
  );

  const gate = await untilAsked(hand, { card, actionId: 'approve-stop' });
  await hand.press({ user: cast.ana, message: gate, actionId: 'approve-stop' });
  await hand.untilEphemeral(cast.ana, 'the refusal of a self-approval', (message) =>
    message.plain.includes('someone else'),
  );

  await hand.press({ user: cast.bo, message: gate, actionId: 'approve-stop' });
  await hand.untilView(cast.bo, 'approve');
  await hand.submit({ user: cast.bo, values: { comment: 'checked with ads, go' } });
  return card;
}

async function signAndCommit(hand: SlackHand, card: SeenMessage): Promise<void> {
  const staged = await untilAsked(hand, { card, actionId: 'sign-off-commit' });
  for (const [user, comment] of [
    [cast.bo, 'numbers as in the plan'],
    [cast.cy, 'web and ads know'],
  ] as const) {
    await hand.press({ user, message: staged, actionId: 'sign-off-commit' });
    await hand.untilView(user, 'approve');
    await hand.submit({ user, values: { comment } });
  }
  const ready = await untilAsked(hand, { card, actionId: 'commit' });
  await hand.press({ user: cast.cy, message: ready, actionId: 'commit' });
  await hand.untilView(cast.cy, 'commit');
  await hand.submit({ user: cast.cy, values: { cluster: 'east' } });
}

async function letItReconcile(hand: SlackHand, card: SeenMessage): Promise<void> {
  const look = await untilAsked(hand, { card, actionId: 'let-reconcile' });
  await hand.press({ user: cast.bo, message: look, actionId: 'let-reconcile' });
}

async function goBack(hand: SlackHand, card: SeenMessage): Promise<void> {
  const look = await untilAsked(hand, { card, actionId: 'go-back' });
  await hand.press({ user: cast.bo, message: look, actionId: 'go-back' });
  await hand.untilView(cast.bo, 'go-back');
  await hand.submit({ user: cast.bo, values: { reason: 'wrong backup, a job is missing' } });
  const asked = await hand.untilInThread(
    card,
    'the question who else goes back',
    (message) => message.ts !== look.ts && hasButton(message, 'go-back'),
  );
  await hand.press({ user: cast.cy, message: asked, actionId: 'go-back' });
  await hand.untilView(cast.cy, 'go-back');
  await hand.submit({ user: cast.cy, values: { reason: 'agreed' } });
}

async function abortWhenStaged(hand: SlackHand, card: SeenMessage): Promise<void> {
  const staged = await untilAsked(hand, { card, actionId: 'sign-off-commit' });
  await hand.press({ user: cast.dana, message: staged, actionId: 'abort' });
  await hand.untilView(cast.dana, 'abort');
  await hand.submit({ user: cast.dana, values: { reason: 'scratch must not come back' } });
}

/** The newest reply with this button; a stuck or ended restore is said at once instead of waited out. */
async function untilAsked(
  hand: SlackHand,
  asked: { card: SeenMessage; actionId: string },
): Promise<SeenMessage> {
  const { card, actionId } = asked;
  return await hand.untilInThread(card, `the button ${actionId}`, (message) => {
    if (message.ts === card.ts && hasButton(message, 'look-again') && actionId !== 'look-again') {
      throw new AuroraError({
        code: 'drill-stuck',
        message: `The restore is stuck instead of asking for ${actionId}:\n${message.plain}`,
        hint: "The card says what it needs; the logs are in the drill's directory.",
      });
    }
    return message.ts !== card.ts && hasButton(message, actionId);
  });
}

async function untilEnded(hand: SlackHand, card: SeenMessage): Promise<SeenMessage> {
  await hand.untilInThread(
    card,
    'the end of the restore',
    (message) => message.ts === card.ts && message.plain.includes('Ended'),
  );
  return await hand.untilInChannel(channel, 'the last message', (message) => message.ts > card.ts);
}

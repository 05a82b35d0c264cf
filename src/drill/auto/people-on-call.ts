/**
 * People who do what the card of a restore asks them for, whatever has happened to it: they sign again what was voided, look
 * again when the trouble is over, and put everything back when that does not help. A story knows its way; they do not.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { cast } from '../world/cast.ts';
import { hasButton, type SeenMessage, type SlackHand } from './hand.ts';
import type { StoryName } from './stories.ts';

/** What people did about a restore that was stuck, in order. */
export type Remedy = 'look again' | 'put everything back' | 'go back';

interface Press {
  readonly user: string;
  readonly actionId: string;
  readonly form: { readonly name: string; readonly values: Record<string, unknown> };
  readonly remedy?: Remedy;
}

/** So often somebody looks again before giving up on going on, and once more so often before giving up altogether. */
const looksMax = 2;
/** Between two looks at the card; what was pressed must have time to show. */
const patienceMs = 4_000;
const lastsMs = 600_000;
/** The card is edited some time after what it shows: only what it offers for so many looks on end is what there is. */
const hopelessLooks = 5;

/** Answers when the restore has ended, or when nothing that is offered has helped. */
export async function followCard(
  hand: SlackHand,
  around: {
    card: SeenMessage;
    story: StoryName;
    untilTroubleIsOver: () => Promise<void>;
    /** Answers whether there was something to wait for before anybody decides at the second look. */
    untilItMayBeDecided: () => Promise<boolean>;
  },
): Promise<readonly Remedy[]> {
  const { card, story, untilTroubleIsOver, untilItMayBeDecided } = around;
  const remedies: Remedy[] = [];
  const endsAt = Date.now() + lastsMs;
  let hopeless = 0;
  for (let turn = 0; Date.now() < endsAt; turn += 1) {
    const thread = await hand.readThread(card);
    const [now] = thread;
    if (now?.plain.includes('Ended') === true) return remedies;
    const offers = (actionId: string): boolean => now !== undefined && hasButton(now, actionId);
    if (offers('look-again')) await untilTroubleIsOver();
    // What the card says by then is what they decide by.
    else if (offers('let-reconcile') && (await untilItMayBeDecided())) continue;
    const press = offers('look-again')
      ? chooseRemedy(remedies, { offers, turn })
      : chooseWay(story, { offers, turn });
    hopeless = press === 'give up' ? hopeless + 1 : 0;
    if (hopeless === hopelessLooks) return remedies;
    const message =
      press === null || press === 'give up'
        ? undefined
        : thread.findLast((each) => hasButton(each, press.actionId));
    if (press !== null && press !== 'give up' && message !== undefined) {
      if (press.remedy !== undefined) remedies.push(press.remedy);
      await doIt(hand, press, message);
    }
    await hand.untilSomething(patienceMs);
  }
  return remedies;
}

type Offers = (actionId: string) => boolean;

/** The usual way; two people take turns where two have to sign. */
function chooseWay(story: StoryName, { offers, turn }: { offers: Offers; turn: number }): Press | null {
  const signer = turn % 2 === 0 ? cast.bo : cast.cy;
  if (offers('approve-stop')) return approve(cast.bo, 'approve-stop');
  if (story === 'abort' && offers('sign-off-commit')) return abort('scratch must not come back');
  if (offers('commit'))
    return { user: cast.cy, actionId: 'commit', form: { name: 'commit', values: { cluster: 'east' } } };
  if (offers('sign-off-commit')) return approve(signer, 'sign-off-commit');
  if (offers('go-back') && (story === 'go-back' || !offers('let-reconcile'))) return goBack(signer);
  if (offers('let-reconcile')) return unfilled('let-reconcile');
  return null;
}

/** Look again; put everything back; look again once that got stuck as well. */
function chooseRemedy(
  remedies: readonly Remedy[],
  { offers, turn }: { offers: Offers; turn: number },
): Press | 'give up' {
  const looks = remedies.filter((remedy) => remedy === 'look again').length;
  const hasTurned = remedies.some((remedy) => remedy !== 'look again');
  if (looks < (hasTurned ? 2 * looksMax : looksMax)) {
    return { ...unfilled('look-again'), remedy: 'look again' };
  }
  if (offers('abort')) return { ...abort('it is not getting anywhere'), remedy: 'put everything back' };
  if (offers('go-back')) return { ...goBack(turn % 2 === 0 ? cast.bo : cast.cy), remedy: 'go back' };
  return 'give up';
}

/** A form in which nothing is asked. */
function unfilled(name: string): Press {
  return { user: cast.bo, actionId: name, form: { name, values: {} } };
}

function approve(user: string, actionId: string): Press {
  return { user, actionId, form: { name: 'approve', values: { comment: 'looked at it' } } };
}

function abort(reason: string): Press {
  return { user: cast.dana, actionId: 'abort', form: { name: 'abort', values: { reason } } };
}

function goBack(user: string): Press {
  return {
    user,
    actionId: 'go-back',
    form: { name: 'go-back', values: { reason: 'the old state is better' } },
  };
}

/** What comes to nothing is done again at the next look. */
async function doIt(hand: SlackHand, { user, actionId, form }: Press, message: SeenMessage): Promise<void> {
  try {
    await hand.press({ user, message, actionId });
    await hand.submitForm({ user, form: form.name, values: form.values });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
  }
}

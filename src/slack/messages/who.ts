/** Who can sign what is open now, and whether the person who asks could: `/aurora restore who` and its button. */
import type { GateName } from '../../restore/record/events.ts';
import { nextItem, type RestoreState } from '../../restore/record/state.ts';
import type { Refusal } from '../../restore/rules/gates.ts';
import { titleOf } from '../../restore/steps/index.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { code, foreign, mentionGroup, quote, sentence } from '../escape.ts';
import { clockTime } from '../time.ts';
import { neededText } from './approvers.ts';
import { waitingFor } from './waiting.ts';

/** Who may sign the open gate; `asker` is why the one who asks may not, `null` when they may. */
interface Signers {
  readonly allowed: readonly { readonly name: string }[];
  readonly barred: readonly { readonly name: string; readonly why: string }[];
  /** Groups that could not be read, a sentence each. */
  readonly unread: readonly string[];
  /** Of those who may, who has no key to sign with; absent where nobody needs one. */
  readonly keyless?: readonly string[];
  readonly asker: Refusal | null;
}

const namesMax = 20;

/** The gate that takes signatures now; `null` while nothing is there to sign. */
export function gateToSign(state: RestoreState): GateName | null {
  switch (waitingFor(state)) {
    case 'stop':
      return 'stop';
    case 'sign-commit':
      return 'commit';
    case 'go-back':
      return 'go-back';
    default:
      return null;
  }
}

const signingWords = {
  stop: 'approve the stop of',
  commit: 'sign off the commit of',
  'go-back': 'sign off going back for',
} as const;

const shortWords = {
  stop: 'approve the stop',
  commit: 'sign off the commit',
  'go-back': 'sign off going back',
} as const;

/** First whether the one who asks could sign, and if not why; then who can, until when; then who cannot. */
export function renderWho(view: {
  state: RestoreState;
  gate: GateName;
  signers: Signers;
  /** Slack's user id of the one who asks. */
  askerId: string;
  now: number;
}): Message {
  const { state, gate, signers, askerId, now } = view;
  const { allowed, barred, keyless = [], asker } = signers;
  const { cluster } = state.proposal;
  const what = `${signingWords[gate]} ${code(cluster)} (${state.restoreId})`;
  const expiresAt = state.gates[gate]?.expiresAt ?? now;
  const over = now >= expiresAt;
  return message([
    section(asker === null ? `*You can ${what}.*` : `*${reasonOf(asker, state)}* You cannot ${what}.`),
    section(
      over
        ? `The time to sign ran out at ${clockTime(expiresAt)}: nobody can sign now. The card says what happens now.`
        : `${canLine(gate, allowed)}\nNeeded: ${neededText(state, gate)} · until ${clockTime(expiresAt)}${sharedPlace(state, gate, askerId)}`,
    ),
    ...signers.unread.map((line) => section(sentence(line))),
    ...(keyless.length === 0
      ? []
      : [
          context(
            `No valid key in the roster: ${keyless
              .slice(0, namesMax)
              .map((name) => foreign(name, 60))
              .join(', ')}${more(keyless.length)}. Hosts that require signatures would not count them.`,
          ),
        ]),
    ...(barred.length === 0
      ? []
      : [
          context(
            `Cannot: ${barred
              .slice(0, namesMax)
              .map((person) => `${foreign(person.name, 60)} (${foreign(person.why, 80)})`)
              .join(', ')}${more(barred.length)}`,
          ),
        ]),
  ]);
}

/** Authors of what is signed fill one place together: whose sign-off would not bring it further is told so. */
function sharedPlace(state: RestoreState, gate: GateName, askerId: string): string {
  const { authors = [], signOffs = [] } = state.gates[gate] ?? {};
  const { requester } = state.proposal;
  const isAuthor = [requester, ...state.edits.map((edit) => edit.person)].some(
    (person) => person.userId === askerId && authors.includes(person.id),
  );
  const other = signOffs.find(({ person }) => authors.includes(person.id) && person.userId !== askerId);
  if (!isAuthor || other === undefined) return '';
  return `\nYou and ${foreign(other.person.name, 60)} made what is signed, and count as one signer: somebody else is needed as well.`;
}

function canLine(gate: GateName, allowed: Signers['allowed']): string {
  if (allowed.length === 0) {
    return `Nobody can ${shortWords[gate]} now. Approvers are named in the bot's configuration.`;
  }
  const names = allowed.slice(0, namesMax).map((person) => foreign(person.name, 60));
  return `Who can ${shortWords[gate]}: ${names.join(', ')}${more(allowed.length)}`;
}

function more(people: number): string {
  return people > namesMax ? ` and ${people - namesMax} more` : '';
}

/** A reason the asker can check for themselves: the groups that approvers are in, not only that they are none. */
function reasonOf(refusal: Refusal, state: RestoreState): string {
  const { cluster } = state.proposal;
  const { approvers, approverGroups } = state.approvers;
  if (refusal.code !== 'not-an-approver') return sentence(refusal.message);
  const groups = approverGroups.slice(0, 5).map(mentionGroup);
  if (groups.length === 0) return `You are not one of the approvers of ${code(cluster)}.`;
  const listed = approvers.length === 0 ? '' : ', nor one of the approvers by name';
  return `You are not in ${groups.join(' or ')}${listed}.`;
}

/** When there is nothing to sign: what the restore waits for instead, who can do that, and whether the asker is one. */
export function renderNothingToSign(state: RestoreState, askerId: string): Message {
  const { cluster } = state.proposal;
  return message([
    section(`*Nothing is open to sign in ${state.restoreId} of ${code(cluster)}.*`),
    section(insteadOf(state, askerId)),
  ]);
}

function insteadOf(state: RestoreState, askerId: string): string {
  const signOffs = state.gates.commit?.signOffs ?? [];
  const those = signOffs.map(({ person }) => foreign(person.name, 60)).join(' or ');
  const you = signOffs.some(({ person }) => person.userId === askerId)
    ? 'You are one of them.'
    : 'You are not one of them.';
  const item = nextItem(state);
  if (state.paused !== null && state.ended === null) {
    return `${foreign(state.paused.person.name, 60)} paused it: ${quote(state.paused.reason, 200)}. An approver can resume it.`;
  }
  switch (waitingFor(state)) {
    case 'commit':
      return `It is signed off. One of those who signed commits: ${those}. ${you}`;
    case 'look':
      return `It waits at the second look. ${those} can let it reconcile. ${you} Any approver can propose to go back.`;
    case 'stuck':
      return `It needs a person: ${sentence(state.stuck?.message ?? '', 250)} ${sentence(state.stuck?.hint ?? '', 250)}`;
    case 'end':
      return `It has ended: ${state.ended?.outcome ?? ''}. \`/aurora restore\` starts another one.`;
    default:
      return item === null
        ? 'It has reached its end. Nobody has to do anything.'
        : `It waits for the step "${titleOf(item)}"${state.phase === 'undo' ? ', putting everything back' : ''}. Nobody has to do anything.`;
  }
}

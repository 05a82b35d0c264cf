/**
 * Reads what is said to the bot. It is said among people, to each other as much as to the bot, so only a sentence that is nothing
 * but the name of a question is one, and no sentence decides anything: the most it leads to is a button. Pure.
 */
import { printable } from '../src/aurora/printable.ts';
import { subcommands, words } from './parse.ts';
import { type Wish, wishOf } from './wishes.ts';

/** Questions that a mention may ask. */
const questions = ['status', 'who', 'help', 'leader', 'history'] as const;

/** Commands that open a form or make a long list: they are typed. */
const typedOnly = subcommands.filter((name) => !questions.some((question) => question === name));

type Said =
  | { readonly kind: 'question'; readonly name: (typeof questions)[number] }
  | { readonly kind: 'command'; readonly name: string }
  /** `reason` is empty where none was given. */
  | { readonly kind: 'wish'; readonly wish: Wish; readonly reason: string }
  /** `stop`: it has a word for stopping somewhere. */
  | { readonly kind: 'unclear'; readonly names: 'stop' | 'nothing' };

/** Words after which a sentence is no order: it asks, denies, or says when. */
const doubts =
  /[?"'“”‘’`]|\b(?:if|unless|when|until|once|after|before|or|but|not|no|never|should|shall|can|could|would|may|might)\b|n[’']t\b/iu;
/** What of a reason fits the form that it is written into. */
const reasonCharsMax = 300;

/** `@aurora abort wrong backup`: the mention itself is dropped. */
export function parseMention(text: string): Said {
  const said = text.replace(/<@[^>]*>/g, ' ').trim();
  const [first = '', ...rest] = words(said);
  if (first === '') return { kind: 'question', name: 'help' };
  if (rest.length === 0) {
    const word = first.toLowerCase().replace(/[.!?]+$/, '');
    const question = questions.find((name) => name === word);
    if (question !== undefined) return { kind: 'question', name: question };
    const command = typedOnly.find((name) => name === word);
    if (command !== undefined) return { kind: 'command', name: command };
  }
  const wish = wishOf(first.replace(/[.!:,]+$/, ''));
  const reason = printable(said.slice(first.length));
  const isClear = !doubts.test(said) && !rest.some((word) => wishOf(bare(word)) !== null);
  if (wish !== null && isClear)
    return { kind: 'wish', wish, reason: [...reason].slice(0, reasonCharsMax).join('') };
  const stops = words(said).some((word) => wishOf(bare(word))?.verb === 'stop');
  return { kind: 'unclear', names: stops ? 'stop' : 'nothing' };
}

/** Without what stands around a word. */
function bare(word: string): string {
  return word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}

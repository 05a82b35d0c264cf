/** The rules of CONTRIBUTING.md, "Texts for people", as far as a program can check them. */

/** One word for one thing: what is said instead stands beside what it must be called. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [
    /\b(roll(s|ed|ing)? ?back|rollback|revert(s|ed)?)\b/i,
    'put back (before the commit) or go back (after it)',
  ],
  [/\babort(s|ed|ing)? (the|this) restore\b/i, 'stop; "abort" is only the command that is typed'],
  [/\b(vote|voter)\b(?! in|\.)/i, 'sign-off'],
  [/\berrand\b/i, 'request'],
  [/\b(mend(s|ed|ing)?)\b/i, 'fix'],
  [/\brehearsal\b/i, 'drill'],
  [/\b(let(s|ting)? (it|a held backup|the held backup) go)\b/i, 'release'],
  [/\b(reviewer|operators)\b/i, 'approver, or the person'],
  [/\brenew the (bot|agents?)\b(?!')/i, 'upgrade'],
];

/** What a native engineer would not write, with what to write instead. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bin vain\b/i, 'gave up waiting for X after 60 s'],
  [/\bshall\b/i, 'will, must or should'],
  [/\b(goes|going|went) on\b|\bgo on( by itself| with| or|[.,:;]|$)/i, 'continues, or in progress'],
  [/\bstands? in\b(?! the way)/i, 'is in'],
  [/\bcounts? (for )?no more\b|\bno more counts?\b/i, 'no longer counts'],
  [/\bany more\b/i, 'no longer'],
  [/\banew\b/i, 'again'],
  [/\bonce more\b/i, 'again'],
  [/\bbegun\b/i, 'started or retried'],
  [/(?<!(here|It)) (is|are) no (?!longer\b|more\b)/, 'is not a'],
  [/\bnobody knows\b/i, 'is unknown'],
  [/\bof (itself|themselves) that\b/i, 'says that it'],
  [/\bminutes more\b/i, '30 more minutes'],
  [/\bsomething else than\b/i, 'something other than'],
  [/\b(lies|lie) aside\b/i, 'was set aside'],
  [/\bbehind (its|the) end\b/i, 'after its end'],
  [/\b(has|have) not got\b/i, 'does not have'],
  [/\bno time in it\b|\bholds no time\b/i, 'no timestamp'],
  [/\bplease\b/i, 'say what to do'],
];

/** Words of the code that people on call have no use for. */
const jargon =
  /\b(idempotent|payload|upsert|mutex|deserial\w+|refold|CAS|enum|boolean|regex|singleton|callback|memoi[sz]ed?)\b/i;

const negation = /\b(no|not|nobody|nothing|never|none|cannot|neither|without|unable|\w+n't)\b/gi;
/** A second negation in the same clause; these are plain English, or are about one thing and another. */
const plainTwice =
  /\b(not|nothing|nobody|no|none) (yet|longer)|nothing else|does not exist|whether or not|or not\b|no matter|cannot be undone|not known|not found|not ready/gi;

export const wordsMax = 30;

/** What breaks a rule in a text, one finding each; nothing when none is broken. */
export function faultsOf(words: string): string[] {
  const said = words.replaceAll(/`[^`]*`|\{[^}]*\}|https?:\S+/g, 'X');
  return [
    ...synonyms.flatMap(([word, right]) => told(word.exec(said), `one word for one thing: say ${right}`)),
    ...phrases.flatMap(([phrase, right]) => told(phrase.exec(said), `say ${right}`)),
    ...told(jargon.exec(said), 'a word of the code: say it plainly'),
    ...told(/\p{L}[^{}]*\{[^{}]*\b(ms|\w+Ms)\b[^{}]*\} ms\b/u.exec(words), 'use timeText or durationText'),
    ...told(/\p{L}!(?=\s|$)/u.exec(said), 'no exclamation marks'),
    ...sentencesOf(said).flatMap(longFault),
    ...clausesOf(said).flatMap(doubleFault),
  ];
}

/** The same of a text that is read at leisure: its sentences may be long. */
export function proseFaultsOf(words: string): string[] {
  const isLength = /^a sentence of \d+ words/;
  return faultsOf(words).filter((fault) => !isLength.test(fault));
}

function told(found: RegExpExecArray | null, rule: string): string[] {
  return found === null ? [] : [`"${found[0].trim()}": ${rule}`];
}

function sentencesOf(said: string): string[] {
  return said.split(/(?<=[.?!:;])[*_"”)]*\s+|\n/);
}

function longFault(sentence: string): string[] {
  const count = sentence.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
  return count > wordsMax ? [`a sentence of ${count} words: at most ${wordsMax}`] : [];
}

function clausesOf(said: string): string[] {
  return said.split(
    /[.,:;?!()\n·—]|\b(?:and|but|or|because|although|where|when|while|if|until|unless|so|that|which|who|what|as)\b/,
  );
}

function doubleFault(clause: string): string[] {
  const found = clause.replaceAll(plainTwice, '').match(negation) ?? [];
  return found.length > 1 ? [`"${clause.trim()}": two negations in one clause`] : [];
}

/**
 * Whether a release of Aurora starts, and goes on, with flags: a scheduler only tells by not starting. Files that a flag
 * names are looked at where they are (`src/agent/flags/named-files.ts`).
 */
import { complainAboutForm, foreignClassOf, type GivenFlag } from './flag-forms.ts';
import { flagKinds, isSecretFlag } from './flag-kinds.ts';
import { mayHaveFlag } from './flag-lifetimes.ts';
import { findLimit } from './flag-limits.ts';
import { findMisfits } from './flag-pairs.ts';
import { type FlagParser, readText } from './flag-text.ts';
import { hideSecrets } from './hidden.ts';
import { type Release, releaseOf } from './releases.ts';

interface FlagComplaint {
  readonly flag: string;
  /** One sentence for a person; a secret value is not in it. */
  readonly says: string;
  /** A scheduler starts with it all the same, and never gets ready or ends later: that one runs is no proof. */
  readonly endsLater: boolean;
  /** False for a class that is not Aurora's own: only a scheduler can tell whether it has it. */
  readonly sure: boolean;
}

/** A complaint for each flag that the release would not run with. A flag that is taken away is always fine here. */
export function judgeFlags(
  auroraVersion: string,
  flags: Readonly<Record<string, string | null>>,
): readonly FlagComplaint[] {
  const release = releaseOf(auroraVersion);
  const single = Object.entries(flags).flatMap(([flag, value]) =>
    value === null ? [] : judgeOne(release, flag, value),
  );
  const misfits = findMisfits(flags, release.minor)
    .filter(({ flag }) => single.every((complaint) => complaint.flag !== flag))
    .map(({ flag, says }) => ({ flag, says: `${says}.`, endsLater: false, sure: true }));
  return [...single, ...misfits];
}

function judgeOne(release: Release, flag: string, value: string): FlagComplaint[] {
  const complain = (says: string, { endsLater = false, sure = true } = {}) => [
    { flag, says, endsLater, sure },
  ];
  const parser = release.flagParser;
  const name = withoutNo(flag, parser);
  const kind = flagKinds.get(name);
  if (kind === undefined) return complain(`-${flag} is not a flag of any known release of Aurora.`);
  if (!mayHaveFlag(release.minor, name)) {
    return complain(`Aurora ${release.version} has no flag -${flag} and would not start with it.`);
  }
  const given: GivenFlag = { flag, text: readText(value, parser), parser };
  const shown = showFlag(flag, value);
  const wrong = complainAboutForm(kind, given);
  if (wrong !== null) return complain(`${shown} ${wrong}.`);
  const limit = findLimit(flag, given.text);
  if (limit !== null) return complain(`${shown} ${limit.says}.`, { endsLater: limit.endsLater });
  const foreign = foreignClassOf(kind, given);
  return foreign === null
    ? []
    : complain(
        `${shown} names ${foreign}, which is not one of Aurora's own classes: only a scheduler that has it starts.`,
        { sure: false },
      );
}

/** The old parser takes `-no_flag` for a switch as well (`ArgScanner` of apache/aurora, to 0.18). */
function withoutNo(flag: string, parser: FlagParser): string {
  const name = flag.replace(/^no_/, '');
  return parser === 'arg-scanner' && flagKinds.get(name) === 'switch' ? name : flag;
}

/** A flag as it is written, for a sentence: no secret, and no more of a value than fits. */
export function showFlag(flag: string, value: string): string {
  if (isSecretFlag(flag)) return `-${flag}`;
  return `-${flag}=${hideSecrets(value).slice(0, 100)}`;
}

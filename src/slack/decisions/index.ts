/** Every decision as Slack knows it. A decision without a dialogue does not compile. */
import type { DecisionName } from '../../restore/decisions/index.ts';
import { abandonDialogue } from './abandon.ts';
import { abortDialogue } from './abort.ts';
import { commitDialogue } from './commit.ts';
import { declineDialogue } from './decline.ts';
import type { AnyDialogue, Dialogue } from './dialogue.ts';
import { goBackDialogue } from './go-back.ts';
import { leaveOutDialogue } from './leave-out.ts';
import { letReconcileDialogue } from './let-reconcile.ts';
import { lookAgainDialogue } from './look-again.ts';
import { moreTimeDialogue } from './more-time.ts';
import { openTrafficDialogue } from './open-traffic.ts';
import { pauseDialogue } from './pause.ts';
import { resumeDialogue } from './resume.ts';
import { signOffDialogue } from './sign-off.ts';

const byName: { readonly [N in DecisionName]: Dialogue<N> } = {
  'sign-off': signOffDialogue,
  decline: declineDialogue,
  commit: commitDialogue,
  'leave-out': leaveOutDialogue,
  abort: abortDialogue,
  pause: pauseDialogue,
  resume: resumeDialogue,
  'look-again': lookAgainDialogue,
  abandon: abandonDialogue,
  'let-reconcile': letReconcileDialogue,
  'more-time': moreTimeDialogue,
  'open-traffic': openTrafficDialogue,
  'go-back': goBackDialogue,
};

export const dialogues: Readonly<Record<DecisionName, AnyDialogue>> = byName;

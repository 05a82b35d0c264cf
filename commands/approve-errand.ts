/**
 * The approval of an errand. The button opens a form that names what is approved, because the message around a sealed button may be
 * somebody else's; who may is looked up at the press, to say so early, and again at the instant.
 */
import { AuroraError } from '../src/aurora/errors.ts';
import { within } from '../src/aurora/within.ts';
import type { Press, Submission } from '../src/slack/conversation.ts';
import { renderBackedUp, renderReleased } from '../src/slack/messages/errands.ts';
import { type ApprovableErrand, errandForm } from '../src/slack/views/approve-errand.ts';
import { errandsOf, requireNoRestore } from './backups-errands.ts';
import type { CommandDeps } from './deps.ts';
import { openInMs } from './reads.ts';
import { openButton, openForm, sealForm, unknownButton } from './sealed-errand.ts';

export async function pressApprove(
  deps: CommandDeps,
  press: Press,
  kind: ApprovableErrand['kind'],
): Promise<void> {
  const errand = openButton(deps, press);
  if (errand.kind !== kind) throw unknownButton();
  const { cluster, userId } = errand;
  const asked = errandsOf(deps).requireApprover({ cluster, userId, approverId: press.userId });
  const refusal = await within(
    deps.clock,
    openInMs,
    asked.then(() => null).catch((error: unknown) => error),
  );
  // What Slack has not answered in time is asked when the form is sent.
  if (refusal instanceof AuroraError && refusal.code === 'errand-refused') throw refusal;
  await press.show(errandForm(errand, sealForm(deps, press, errand)));
}

export async function submitApproval(deps: CommandDeps, submission: Submission): Promise<void> {
  const { kind, once, ...asked } = openForm(deps, submission);
  const about = { ...asked, approverId: submission.userId };
  if (kind === 'release') {
    const { changed } = await errandsOf(deps).release(about);
    await submission.share(renderReleased({ ...about, changed }));
    return;
  }
  await requireNoRestore(deps, about.cluster);
  const { evidence } = await errandsOf(deps).backUpNow({ ...about, once });
  await submission.share(renderBackedUp({ ...about, found: evidence }));
}

/** Who may, who may not, and what goes wrong: seen by the person alone. */
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import { renderMarked } from '../../../src/slack/messages/marked.ts';
import { renderFailure, renderRefusal } from '../../../src/slack/messages/refusal.ts';
import { renderShutOut } from '../../../src/slack/messages/shut-out.ts';
import { renderNothingToSign, renderWho } from '../../../src/slack/messages/who.ts';
import { dee } from '../../restore/support/office.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { bothSigned, commitGate, secondLook, stopGate } from '../../scenarios/support/moments.ts';
import { hesitating, nobody, signing } from '../../scenarios/support/people.ts';
import { openStage } from '../../scenarios/support/stage.ts';
import { looking, planned, signed, staged } from '../../slack/support/whole-story.ts';
import type { Example, Group } from '../example.ts';
import { card, lastOf, onlyYou, reply, said } from '../moments.ts';

type Named = readonly [id: string, title: string, seen: string];

function refused([id, title, seen]: Named, answer: Answer): Example {
  if (answer.ok) throw new Error(`${id} was not refused`);
  return onlyYou({ id, title, seen }, renderRefusal(answer.refusal));
}

/** What the service says to people who press too early, twice, or without the right to. */
async function refusals(): Promise<Example[]> {
  await using stage = await openStage({});
  const { people } = stage;
  await stage.until(stopGate, nobody);
  const own = await people.sign(ana, 'stop');
  const outsider = await people.sign(dee, 'stop');
  const early = await people.commit(bo);
  await stage.until(commitGate);
  await people.sign(bo, 'commit');
  const twice = await people.sign(bo, 'commit');
  await stage.until(bothSigned, signing);
  const wrongName = await people.commit(bo, 'west');
  const notSigner = await people.commit(ana);
  await stage.until(secondLook, hesitating);
  const late = await people.abort(bo);
  return [
    refused(['refused-own', 'Your own proposal', 'When the requester presses *Approve*.'], own),
    refused(['refused-not-an-approver', 'You are no approver', 'When somebody else presses it.'], outsider),
    refused(['refused-early', 'Not yet', 'When somebody commits before the sign-offs.'], early),
    refused(['refused-twice', 'You have signed', 'When somebody signs a second time.'], twice),
    refused(
      [
        'refused-wrong-name',
        'Another cluster’s name',
        'When another name was typed into the form of the commit.',
      ],
      wrongName,
    ),
    refused(
      ['refused-not-a-signer', 'You have not signed', 'When somebody commits who has not signed.'],
      notSigner,
    ),
    refused(['refused-late', 'Too late to stop', 'When somebody stops a restore that is committed.'], late),
  ];
}

export async function refusingExamples(): Promise<Group> {
  const atStop = lastOf(planned);
  const now = (atStop.gates.stop?.expiresAt ?? 0) - 12 * 60_000;
  const signers = {
    allowed: [{ name: 'bo' }, { name: 'cy' }],
    barred: [{ name: 'gus', why: 'a guest' }],
    unread: [],
    asker: null,
  };
  const broken = new AuroraError({
    code: 'journal-broken',
    message: 'Event 17 of R1 does not fit the one before it.',
    hint: 'Compare the database with the heads that the agents keep: `aurora-chatops record verify`.',
  });
  return {
    title: 'Refusals and mishaps',
    examples: [
      onlyYou(
        {
          id: 'who-you-can',
          title: 'Who can approve? You can',
          seen: 'After *Who can approve?* or `/aurora restore who`.',
        },
        renderWho({ state: atStop, gate: 'stop', signers, askerId: bo.userId, now }),
      ),
      onlyYou(
        {
          id: 'who-you-cannot',
          title: 'Who can approve? Not you',
          seen: 'The same, for somebody who may not.',
        },
        renderWho({
          state: atStop,
          gate: 'stop',
          signers: {
            ...signers,
            asker: { code: 'not-an-approver', message: 'You are not an approver.', hint: '' },
          },
          askerId: dee.userId,
          now,
        }),
      ),
      onlyYou(
        { id: 'who-nothing', title: 'Nothing to sign', seen: 'The same, when a signer has to commit.' },
        renderNothingToSign(lastOf([...staged, signed('commit', bo), signed('commit', cy)]), bo.userId),
      ),
      onlyYou(
        {
          id: 'who-look',
          title: 'Nothing to sign at the second look',
          seen: 'The same, at the second look.',
        },
        renderNothingToSign(lastOf(looking), dee.userId),
      ),
      ...(await refusals()),
      onlyYou(
        {
          id: 'failure',
          title: 'A mistake of the bot',
          seen: 'When something unforeseen went wrong while somebody was answered.',
        },
        renderFailure(new Error('boom'), '4f1c'),
      ),
      onlyYou(
        {
          id: 'marked',
          title: 'A message is marked',
          seen: 'After *Mark as important for the record* on a message in the thread.',
        },
        renderMarked('R1'),
      ),
      {
        id: 'shut-out',
        title: 'The bot is out of the channel',
        seen: 'By direct message to those who must act, when the thread cannot tell them.',
        kind: 'direct',
        message: renderShutOut(lastOf(staged), 'not_in_channel'),
      },
      reply(
        {
          id: 'edited',
          title: 'Somebody edited the bot’s message',
          seen: 'In the thread, when the bot’s token is in other hands.',
        },
        said([...staged, { type: 'message-edited', name: 'card' }]),
      ),
      card(
        {
          id: 'card-unreadable',
          title: 'The card of a record that was changed',
          seen: 'In the channel, when the journal cannot be trusted any more.',
        },
        staged,
        { unreadable: broken },
      ),
      card(
        {
          id: 'card-again',
          title: 'A card that was put up again',
          seen: 'In the channel, when somebody has deleted the first one.',
        },
        staged,
        { earlierThread: 'https://acme.slack.com/archives/C0OPS/p1' },
      ),
    ],
  };
}

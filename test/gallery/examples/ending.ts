/** The end, the report, and what is left to do. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { returnForm } from '../../../src/slack/decisions/return-to-old.ts';
import { renderReport } from '../../../src/slack/messages/report.ts';
import { tickOffForm } from '../../../src/slack/views/tick-off.ts';
import { bo } from '../../restore/support/story.ts';
import { decisionsOf, ran, recordsOf, staged, stories } from '../../slack/support/whole-story.ts';
import type { Group } from '../example.ts';
import { card, inChannel, lastOf, onlyYou, reply, said, upTo } from '../moments.ts';

const completed = stories['completed'] ?? [];
const differs = stories['commit unknown, not as predicted'] ?? [];
const isSoak = (event: RestoreEvent) => 'step' in event && event.step === 'soak';
const removed: RestoreEvent = { type: 'left-work-done', work: 'set-aside-logs', person: bo };
const isReport = (event: RestoreEvent) => event.type === 'step-completed' && event.step === 'report';
/** Hosts without the keys that they will require. */
const unsigned = completed.flatMap((event) =>
  isReport(event)
    ? ran('report', {
        unsigned: [{ host: 'aurora-1', says: 'The stop had no signature of an approver.' }],
        restartWanted: ['aurora-1', 'aurora-2'],
      }).slice(1)
    : [event],
);

export function endingExamples(): Group {
  const state = lastOf(completed);
  return {
    title: 'The end',
    examples: [
      reply(
        { id: 'soak', title: 'Both reconciliations ran', seen: 'In the thread, when all went as predicted.' },
        said(upTo(completed, 'step-completed', isSoak)),
      ),
      reply(
        { id: 'soak-differs', title: 'Not all went as predicted', seen: 'In the thread, when it did not.' },
        said(upTo(differs, 'step-completed', isSoak)),
      ),
      inChannel(
        { id: 'end', title: 'The cluster is back', seen: 'In the channel, at the end.', main: true },
        said(completed),
      ),
      card({ id: 'card-ended', title: 'The card after the end', seen: 'In the channel.' }, completed),
      reply(
        {
          id: 'report',
          title: 'The report',
          seen: 'In the thread, with the report and the record as files.',
        },
        said(completed, { nth: 1 }),
      ),
      reply(
        {
          id: 'report-unsigned',
          title: 'A report with more to do',
          seen: 'In the thread, when signatures were missing and schedulers want a restart.',
        },
        said(unsigned, { nth: 1 }),
      ),
      onlyYou(
        { id: 'report-so-far', title: 'The report so far', seen: 'After *Report*, also while it goes on.' },
        renderReport(
          { at: lastOf(staged), latest: lastOf(staged), stays: false },
          decisionsOf(recordsOf(staged)),
        ),
      ),
      {
        id: 'tick-off-form',
        title: 'Tick off what is done',
        seen: 'After *Tick off what is done…*',
        kind: 'form',
        view: tickOffForm(state, ''),
      },
      reply(
        { id: 'ticked-off', title: 'Something is done', seen: 'In the thread.' },
        said([...completed, removed]),
      ),
      inChannel(
        {
          id: 'end-ticked-off',
          title: 'The end with everything done',
          seen: 'In the channel, once all is ticked off.',
        },
        said(completed, { later: [removed] }),
      ),
      inChannel(
        {
          id: 'end-undone',
          title: 'Everything is as it was before',
          seen: 'In the channel, at the end of a restore that was stopped.',
        },
        said(stories['aborted'] ?? []),
      ),
      inChannel(
        {
          id: 'end-gone-back',
          title: 'It went back',
          seen: 'In the channel, at the end of a restore that went back after its commit.',
        },
        said(stories['gone back'] ?? []),
      ),
      inChannel(
        {
          id: 'end-failed',
          title: 'It ended without success',
          seen: 'In the channel, when a check has failed.',
        },
        said(stories['failed'] ?? []),
      ),
      card({ id: 'card-failed', title: 'The card then', seen: 'In the channel.' }, stories['failed'] ?? []),
      {
        id: 'return-form',
        title: 'Back to the old log',
        seen: 'After *Back to the old log…*, on the card of a restore that has ended.',
        kind: 'form',
        view: returnForm(state, ''),
      },
      card(
        {
          id: 'card-old-log',
          title: 'The card of a restore that brings an old log back',
          seen: 'In the channel.',
        },
        upTo(stories['back to the old log'] ?? [], 'gate-opened'),
      ),
      reply(
        { id: 'staged-old-log', title: 'Sign-offs for it are asked for', seen: 'In the thread.' },
        said(upTo(stories['back to the old log'] ?? [], 'gate-opened')),
      ),
    ],
  };
}

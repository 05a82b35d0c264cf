/** From the first form to the approval of the stop. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { depsOver } from '../../commands/support.ts';
import { bo } from '../../restore/support/story.ts';
import { statementWith } from '../../signing/statements.ts';
import { eastAccess, readingAgent } from '../../slack/support/cluster.ts';
import { passed, planned, ran, signed, stories } from '../../slack/support/whole-story.ts';
import { answer, sent, typed } from '../asking.ts';
import type { Group } from '../example.ts';
import { card, formOf, inChannel, lastOf, onlyYou, reply, said, threadLink, upTo } from '../moments.ts';

const preview = upTo(planned, 'step-completed', (event) => 'step' in event && event.step === 'preview');
const declined = stories['declined'] ?? [];
const expired = stories['expired'] ?? [];

/** Checked with a finding that does not stop it. */
const warned: readonly RestoreEvent[] = [
  ...planned.slice(0, 1),
  ...ran('check-hosts', {
    checks: [
      { name: 'hosts reachable', verdict: 'pass', message: 'All hosts answer.', hint: '' },
      {
        name: 'outside traffic',
        verdict: 'warn',
        message: 'On aurora-3 outside traffic is not blocked by the agent.',
        hint: 'Keep clients away from aurora-3 until the end, or configure a block there.',
      },
    ],
  }),
  ...planned.slice(3),
];

export async function planningExamples(): Promise<Group> {
  const access = await eastAccess();
  const deps = depsOver(access);
  const { forms } = await typed(deps, 'restore');
  const [loading, start] = forms;
  const none = depsOver({ ...access, agents: access.agents.map(({ host }) => readingAgent(host, {})) });
  const [, nothing] = (await typed(none, 'restore')).forms;
  if (loading === undefined || start === undefined || nothing === undefined)
    throw new Error('forms are shown');
  const state = lastOf(planned);
  const busy = depsOver(access, {
    service: {
      ...deps.service,
      list: () => Promise.resolve({ restores: [state], ended: [], unreadable: [] }),
    },
    outbox: { ...deps.outbox, linkOf: () => Promise.resolve(threadLink) },
  });
  const elsewhere = depsOver(access, {
    service: { ...deps.service, propose: () => Promise.resolve({ ok: true, state }) },
  });
  const [, startElsewhere = start] = (await typed(elsewhere, 'restore', 'C0OUT')).forms;
  const backup = '62150fef00dd1aaf2257f09b202b1550b2f2efce7ef5f6e0a82f92969533a758';
  const values = { cluster: 'east', 'backup-east': backup, reason: 'replicated log corrupt on all hosts' };
  return {
    title: 'The plan, and the approval of the stop',
    examples: [
      {
        id: 'start-loading',
        title: 'Asking the hosts',
        seen: 'At once after `/aurora restore`, until the hosts have answered.',
        kind: 'form',
        view: loading,
      },
      {
        id: 'start',
        title: 'Start a restore',
        seen: 'After `/aurora restore`. Nothing is touched by it.',
        kind: 'form',
        view: start,
        main: true,
      },
      {
        id: 'start-nothing',
        title: 'Nothing can be restored',
        seen: 'After `/aurora restore`, when no host has a whole backup.',
        kind: 'form',
        view: nothing,
      },
      onlyYou(
        {
          id: 'start-busy',
          title: 'There is a restore already',
          seen: 'After `/aurora restore`, while a restore of the cluster is in progress.',
        },
        await answer(typed(busy, 'restore')),
      ),
      onlyYou(
        {
          id: 'start-refused',
          title: 'The chosen backup is gone',
          seen: 'When the form was sent, and what was chosen in it is no longer there.',
        },
        await answer(sent(none, start, { userId: 'U0ANA', values })),
      ),
      onlyYou(
        {
          id: 'start-elsewhere',
          title: 'The plan appears in another channel',
          seen: 'When the form was sent from a channel that is not the one of the cluster.',
        },
        await answer(sent(elsewhere, startElsewhere, { userId: 'U0ANA', channel: 'C0OUT', values })),
      ),
      card(
        {
          id: 'card-checking',
          title: 'The card while hosts are checked',
          seen: 'In the channel, right after the proposal.',
        },
        upTo(planned, 'step-started', (event) => 'step' in event && event.step === 'check-hosts'),
        {
          progress: 'Asking 3 hosts: 2 of 3 have answered, 4 s of 30 s',
          progressAt: Date.UTC(2026, 10, 23, 14, 16, 24),
        },
      ),
      reply(
        {
          id: 'cost',
          title: 'What it costs',
          seen: 'In the thread, once it is known what a restore would kill and start.',
        },
        said(preview),
      ),
      card(
        {
          id: 'card-stop',
          title: 'The card at the first decision',
          seen: 'In the channel, while the stop waits for approval.',
          main: true,
        },
        planned,
      ),
      reply(
        {
          id: 'stop-asked',
          title: 'Approval of the stop is asked for',
          seen: 'In the thread, when the plan is ready.',
        },
        said(planned),
      ),
      reply(
        {
          id: 'stop-asked-warned',
          title: 'The same with a warning',
          seen: 'In the thread, when a check has found something that does not stop the restore.',
        },
        said(warned),
      ),
      card(
        { id: 'card-warned', title: 'The card with a warning', seen: 'In the channel, beside it.' },
        warned,
      ),
      reply(
        {
          id: 'stop-answered',
          title: 'The same, answered',
          seen: 'In the thread, once somebody has approved.',
        },
        said(planned, { later: [signed('stop', bo, 'checked with ads, go'), passed('stop', bo)] }),
      ),
      {
        id: 'full-plan',
        title: 'The full plan',
        seen: 'After *Full plan* on the card.',
        kind: 'form',
        view: fullPlanView(state),
      },
      {
        id: 'full-plan-warned',
        title: 'The full plan with checks',
        seen: 'After *Full plan*, with a warning among the checks.',
        kind: 'form',
        view: fullPlanView(lastOf(warned)),
      },
      formOf(
        {
          id: 'approve-stop',
          title: 'Approve the stop',
          seen: 'After *Approve: stop the schedulers…*',
          main: true,
        },
        'sign-off',
        planned,
        { gate: 'stop' },
      ),
      formOf(
        {
          id: 'approve-stop-key',
          title: 'Approve it with a key of your own',
          seen: 'The same where hosts ask for people’s own signatures.',
        },
        'sign-off',
        planned,
        {
          gate: 'stop',
          signing: {
            statement: statementWith({
              intent: 'stop',
              issuedAt: Date.UTC(2026, 10, 23, 14, 17),
              expiresAt: Date.UTC(2026, 10, 23, 14, 46),
            }),
            isRequired: true,
            pageUrl: 'https://aurora.example/sign/#R1',
            agents: ['http://10.0.3.11:8084'],
          },
        },
      ),
      reply(
        { id: 'stop-approved', title: 'The stop is approved', seen: 'In the thread, when it was approved.' },
        said([...planned, signed('stop', bo, 'checked with ads, go')]),
      ),
      formOf(
        { id: 'decline-form', title: 'Decline', seen: 'After *Decline…* at the first decision.' },
        'decline',
        planned,
        { gate: 'stop' },
      ),
      reply(
        {
          id: 'stop-declined',
          title: 'The stop is declined',
          seen: 'In the thread, when somebody has declined.',
        },
        said(upTo(declined, 'declined')),
      ),
      inChannel(
        { id: 'end-declined', title: 'The end of a declined restore', seen: 'In the channel, at its end.' },
        said(declined),
      ),
      reply(
        {
          id: 'stop-expired',
          title: 'Nobody approved in time',
          seen: 'In the thread, when the time to approve has run out.',
        },
        said(upTo(expired, 'gate-expired')),
      ),
      inChannel(
        {
          id: 'end-expired',
          title: 'The end of a restore that nobody approved',
          seen: 'In the channel, at its end.',
        },
        said(expired),
      ),
    ],
  };
}

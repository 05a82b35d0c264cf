/** The form that leaves tasks out, and what its fields offer: within Slack's limits, and found again when it is sent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobKeyText } from '../../../src/aurora/tasks.ts';
import { optionGroup, plainOption } from '../../../src/local-slack/block-kit/composition.ts';
import { checkView } from '../../../src/local-slack/block-kit-rules.ts';
import type { StagedTask } from '../../../src/restore/record/staged-task.ts';
import type { Offered } from '../../../src/slack/conversation.ts';
import { leaveOutForm } from '../../../src/slack/decisions/leave-out.ts';
import { offerJobs, offerTasks, readChoice } from '../../../src/slack/decisions/leave-out-options.ts';
import { recordsOf, staged, statesOf } from '../support/whole-story.ts';

function taskOf(job: string, instance: number, changes: Partial<StagedTask> = {}): StagedTask {
  const [role = '', environment = '', name = ''] = job.split('/');
  return {
    taskId: `${role}-${environment}-${name}-${instance}-0f3a`,
    jobKey: { role, environment, name },
    status: 'RUNNING',
    ...changes,
  };
}

const few = [taskOf('www/prod/web', 1), taskOf('www/prod/web', 0), taskOf('ads/prod/bidder', 0)];
const many = Array.from({ length: 157 }, (_, n) => taskOf(`www/prod/web${n}`, 0));
/** As the index of what is staged has them. */
const jobsOf = (tasks: readonly StagedTask[]) => {
  const jobs = tasks.map(({ jobKey }) => jobKeyText(jobKey));
  return new Map(jobs.toSorted().map((job) => [job, jobs.filter((other) => other === job).length]));
};
const inOrder = async function* (tasks: readonly StagedTask[]) {
  yield* await Promise.resolve(tasks.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1)));
};
const textsOf = ({ options }: Offered) => options.map(({ text }) => text.text);
const valuesOf = ({ options }: Offered) => options.map(({ value = '' }) => value);

describe('the fields', () => {
  it('offer jobs with their size, and tasks with their job, in order', async () => {
    expect(textsOf(offerJobs(jobsOf(few), ''))).toEqual([
      'ads/prod/bidder · 1 task',
      'www/prod/web · 2 tasks',
    ]);
    expect(textsOf(await offerTasks(inOrder(few), ''))).toEqual([
      'ads-prod-bidder-0-0f3a',
      'www-prod-web-0-0f3a',
      'www-prod-web-1-0f3a',
    ]);
    expect((await offerTasks(inOrder(few), '')).options[0]?.description?.text).toBe(
      'ads/prod/bidder · RUNNING',
    );
  });

  it('offer what has every word that was typed, in any case', async () => {
    expect(textsOf(offerJobs(jobsOf(few), 'PROD  web'))).toEqual(['www/prod/web · 2 tasks']);
    expect(textsOf(await offerTasks(inOrder(few), 'www/prod -1-'))).toEqual(['www-prod-web-1-0f3a']);
    expect(await offerTasks(inOrder(few), 'nothing like it')).toEqual({ options: [], heading: null });
  });

  it('offer the jobs that may have been meant when none is called that', () => {
    const { options, heading } = offerJobs(jobsOf(few), 'biddre');

    expect(heading).toBe('No job is called that. Did you mean:');
    expect(options.map(({ text }) => text.text)).toEqual(['ads/prod/bidder · 1 task']);
    expect(textsOf(offerJobs(jobsOf(few), 'wwx/prod/web'))).toEqual(['www/prod/web · 2 tasks']);
    expect(offerJobs(jobsOf(few), 'nothing like it')).toEqual({ options: [], heading: null });
    expect(offerJobs(jobsOf(few), 'x'.repeat(3_000))).toEqual({ options: [], heading: null });
  });

  it('offer a hundred, and say how many more there are', () => {
    const all = offerJobs(jobsOf(many), '');

    expect(all.options).toHaveLength(100);
    expect(all.heading).toBe('More than these 100 match: keep typing to narrow them down');
    expect(offerJobs(jobsOf(many), 'web12').heading).toBeNull();
  });

  it('fit into what Slack takes, and are found again, whatever the names are', async () => {
    const name = fc.string({ unit: 'binary', maxLength: 200 });

    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 8 }), async (names) => {
        const tasks = names.map(([taskId, job]) => taskOf('www/prod/x', 0, { taskId, jobKey: keyOf(job) }));
        const jobs = offerJobs(jobsOf(tasks), '');
        const single = await offerTasks(inOrder(tasks), '');

        const unfit = [...jobs.options, ...single.options].filter(
          (option) => !plainOption.safeParse(option).success || !option.text.text.isWellFormed(),
        );
        expect(unfit).toEqual([]);
        const chosen = readChoice(tasks, { jobs: valuesOf(jobs), tasks: valuesOf(single) });
        expect(chosen.taskIds.sort()).toEqual([...new Set(names.map(([taskId]) => taskId))].sort());
        expect(chosen.jobs.sort()).toEqual([...new Set(names.map(([, job]) => `www/prod/${job}`))].sort());
      }),
      { numRuns: 30 },
    );
  });

  it('have a heading that fits above them', async () => {
    const { options, heading } = await offerTasks(inOrder(many), '');

    const group = optionGroup.safeParse({ label: { type: 'plain_text', text: heading }, options });
    expect(group.error).toBeUndefined();
  });

  it('keep both ends of a name that is too long', async () => {
    const long = taskOf('www/prod/web', 7, { taskId: `www-prod-${'x'.repeat(200)}-7-0f3a` });

    expect(textsOf(await offerTasks(inOrder([long]), ''))[0]).toMatch(/^www-prod-x+…x+-7-0f3a$/);
  });
});

describe('what was chosen', () => {
  it('is passed on as it is when nothing like it is staged, so that it is refused by name', () => {
    expect(readChoice(few, { jobs: ['gone'], tasks: ['forged'] })).toEqual({
      jobs: [],
      taskIds: ['gone', 'forged'],
    });
  });

  it.each([
    ['nothing chosen', {}, 'because', { jobs: 'Choose a job here, or a task below.' }],
    ['no reason', { tasks: ['a'] }, '  ', { reason: 'One sentence is enough.' }],
    ['a job and a reason', { jobs: ['a'] }, 'because', null],
  ])('with %s', (_, chosen, reason, errors) => {
    expect(leaveOutForm.check({ chosen, values: { reason } })).toEqual(errors);
  });
});

describe('the form', () => {
  const formOf = (changes: { requesterCounts?: boolean; staged?: readonly StagedTask[] } = {}) => {
    const state = statesOf(recordsOf(staged)).at(-1);
    if (state === undefined) throw new Error('a story has events');
    const { requesterCounts = state.proposal.policy.requesterCounts } = changes;
    const policy = { ...state.proposal.policy, requesterCounts };
    return leaveOutForm.show({
      state: { ...state, proposal: { ...state.proposal, policy } },
      gate: 'commit',
      metadata: 'metadata',
      userId: 'U0BO',
      now: 0,
      staged: changes.staged ?? [],
    });
  };

  it('is one Slack takes, and says what it does to sign-offs and to who fills it in', () => {
    const checked = checkView(formOf());

    const words = JSON.stringify(formOf());
    expect(checked.ok ? [] : checked.problems).toEqual([]);
    expect(words).toContain('does not come back');
    expect(words).toContain('*Earlier sign-offs no longer count.*');
    expect(words).toContain('you and the requester together count as one signer');
    expect(words).toContain('9 tasks staged on aurora-1');
  });

  it('has chosen what no scheduler survives, as many as Slack takes, and says that there are more', () => {
    const task = (n: number): StagedTask => taskOf('www/prod/web', n, { status: 'INIT' });
    const bad = Array.from({ length: 130 }, (_, n): StagedTask => ({ ...task(n), flaw: 'no task events' }));
    const form = formOf({ staged: [task(900), ...bad] });
    const checked = checkView(form);

    const words = JSON.stringify(form);
    expect(checked.ok ? [] : checked.problems).toEqual([]);
    expect(words.match(/"initial_options":\[.*?\]/)?.[0].match(/"value"/g)).toHaveLength(100);
    expect(words).toContain('INIT · no task events');
    expect(words).toContain('are already chosen');
    expect(words).not.toContain('web-900');
  });

  it('says that a co-author cannot sign where the requester cannot', () => {
    expect(JSON.stringify(formOf({ requesterCounts: false }))).toContain('you cannot sign it off');
  });
});

function keyOf(name: string) {
  return { role: 'www', environment: 'prod', name };
}

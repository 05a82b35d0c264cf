/**
 * What people can do wrong, or wrongly, in a drill world: each thing gets one clear message with a hint, seen by whoever
 * did it, and the cluster stays untouched. One world; the cases run in order and each ends what it began.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cast } from '../../src/drill/world/cast.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import { hostPaths } from '../../src/pretend-aurora/host/host-dir.ts';
import { openDrill, readJournal } from './support/drill.ts';
import { hasButton, type SeenMessage, SlackPeople } from './support/slack-people.ts';
import { compareWith, type Evidence, lookAt, untouched } from './support/untouched.ts';

const { ana, bo, cy, dana, gil } = cast;
let world: DrillWorld;
let people: SlackPeople;
let stop: () => Promise<void> = () => Promise.resolve();
let before: Evidence;

beforeAll(async () => {
  ({ world, stop } = await openDrill());
  people = new SlackPeople(world.slack.url);
  before = await lookAt(world);
}, 120_000);
afterAll(async () => {
  await stop();
}, 60_000);

const declining = (reason: string) => ({ actionId: 'decline-stop', form: 'decline', values: { reason } });

/** Everything a message would send to Slack: mentions and links that were forged would stand in it. */
function wireOf(messages: readonly SeenMessage[]): string {
  return messages.map((message) => `${message.text ?? ''}\n${JSON.stringify(message.blocks)}`).join('\n');
}

it('the leader advertises its name, and a door stands in front of it at that port', () => {
  const member = world.zookeeper.dump().find(({ path }) => path.includes('/member_'));
  const said = JSON.parse(member?.data ?? '') as { serviceEndpoint: { host: string } };
  const { host } = said.serviceEndpoint;
  const leader = world.hosts.find(({ name }) => name === host);

  expect(member?.data).toContain(`"port":${leader?.address.httpPort}`);
  expect(leader?.address.edgeIp).not.toBe(leader?.address.ip);
});

describe('a command', () => {
  it.each(['leader', 'backups', 'restore', 'status'])(
    '%s about a cluster that is not configured',
    async (name) => {
      const answer = await people.command(ana, `/aurora ${name} nowhere`);

      expect(answer).toBe('There is no cluster called nowhere in the configuration.\nKnown: east.');
      expect(await compareWith(world, before)).toEqual(untouched);
    },
  );

  it.each(['leader', 'backups', 'restore', 'status'])('%s about two clusters', async (name) => {
    const answer = await people.command(ana, `/aurora ${name} east west`);

    expect(answer).toBe(
      `/aurora ${name} is about one cluster, and this names 2: east, west.\nName one, such as /aurora ${name} east; options are in /aurora help.`,
    );
  });

  it.each([
    ['a letter is missing', 'rstore', 'There is no /aurora rstore. Did you mean /aurora restore?'],
    ['two letters are swapped in', 'ledaer', 'There is no /aurora ledaer. Did you mean /aurora leader?'],
    ['nothing is like it', 'deploy', 'There is no /aurora deploy.'],
    ['it is in another script', 'вастановить 🔥', 'There is no /aurora вастановить.'],
    ['it is markup', '`<!channel>`', 'There is no /aurora ˋ<!channel>ˋ.'],
    ['it is endless', 'x'.repeat(3_000), `There is no /aurora ${'x'.repeat(51)}…`],
  ])('that does not exist (%s)', async (_why, text, first) => {
    const answer = await people.command(ana, `/aurora ${text}`);

    expect(answer.split('\n')[0]).toContain(first);
    const help = '/aurora restore [cluster] start a restore: first the plan, nothing is touched';
    expect(answer.includes(help)).toBe(!first.includes('Did you mean'));
    expect(wireOf((await people.ephemerals(ana)).slice(-1))).not.toContain('<!channel>');
  });

  it('about a cluster whose name is markup cannot mention or link anything', async () => {
    const answer = await people.command(ana, '/aurora leader <!channel>`*_~<https://evil.example|ok>');

    expect(answer).toContain('There is no cluster called');
    expect(answer).toContain('Known: east.');
    const wire = wireOf((await people.ephemerals(ana)).slice(-1));
    expect(wire).not.toContain('<!channel>');
    expect(wire).not.toContain('<https://evil');
  });

  it('said to the bot where no restore is', async () => {
    const answer = await people.answerTo(ana, () =>
      people.type(ana, '<@U0AURORA> abort it is <!channel> wrong'),
    );

    expect(answer).toBe('No restore of east is in progress, so there is nothing to stop.');
  });
});

const backupGone = {
  result: {
    kind: 'errors',
    errors: {
      'backup-east':
        'That backup is gone, or its host no longer answers. Choose another one; `/aurora backups east` says what became of it.',
    },
  },
};

describe('a proposal', () => {
  it('cannot name a backup that is cut, and the list says why', async () => {
    const list = await people.command(ana, '/aurora backups all');
    const form = await people.openProposal(ana);
    await people.post('close', { user: ana, view_id: form.id });

    expect(list).toMatch(/broken, not usable: Truncated at [\d,]+ bytes: the backup is not whole\./);
    expect(JSON.stringify(form.blocks)).not.toContain('2 h 14 min old');
    expect(optionsOf(form.blocks)).toHaveLength(5);
  });

  it('of a backup that was rotated away while the form was open', async () => {
    const newest = newestBackup();
    const form = await people.openProposal(ana);
    fs.renameSync(newest, `${newest}.away`);

    const answer = await people.submit(ana, form, { reason: 'log corrupt' });
    fs.renameSync(`${newest}.away`, newest);
    await people.post('close', { user: ana, view_id: form.id });

    expect(answer).toMatchObject(backupGone);
    expect(await people.cards()).toEqual([]);
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it('of a backup that was cut while the form was open', async () => {
    const newest = newestBackup();
    const whole = fs.readFileSync(newest);
    const form = await people.openProposal(ana);
    fs.writeFileSync(newest, whole.subarray(0, whole.length / 2));

    const answer = await people.submit(ana, form, { reason: 'log corrupt' });
    fs.writeFileSync(newest, whole);
    await people.post('close', { user: ana, view_id: form.id });

    expect(answer).toMatchObject(backupGone);
    expect(await people.cards()).toEqual([]);
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it('by a guest', async () => {
    const answer = await people.command(gil, '/aurora restore');

    expect(answer).toBe('You cannot do this: a guest.\nFull members of this workspace can.');
    expect(await people.cards()).toEqual([]);
  });

  it('without a reason, or with one that is only blanks, or longer than Slack takes', async () => {
    const form = await people.openProposal(ana);

    const empty = await people.submit(ana, form, { reason: '' });
    const long = await people.submit(ana, form, { reason: 'x'.repeat(301) });
    const blank = await people.submit(ana, form, { reason: '   ' });
    await people.post('close', { user: ana, view_id: form.id });

    expect(empty).toMatchObject({ result: { kind: 'errors' } });
    expect(long).toMatchObject({ result: { kind: 'errors' } });
    expect(blank).toMatchObject({
      result: { errors: { reason: 'Say why, in one sentence: it goes into the record.' } },
    });
    expect(await people.cards()).toEqual([]);
  });

  it('by two people at once makes one restore, and the other one is told which', async () => {
    const [first, second] = [await people.openProposal(ana), await people.openProposal(bo)];
    const told = { ana: (await people.ephemerals(ana)).length, bo: (await people.ephemerals(bo)).length };

    const answers = await Promise.all([
      people.submit(ana, first, { reason: 'log corrupt' }),
      people.submit(bo, second, { reason: 'log corrupt, too' }),
    ]);
    const refusal = await people.until('a refusal', async () => {
      // In the form where the other one was there already, after it where both were judged before there was one.
      const inForm = answers.findIndex((answer) => JSON.stringify(answer).includes('errors'));
      if (inForm >= 0) {
        const [user, form] = inForm === 0 ? [ana, first] : [bo, second];
        await people.post('close', { user, view_id: form.id });
        return JSON.stringify(answers[inForm]);
      }
      const seen = [
        ...(await people.ephemerals(ana)).slice(told.ana),
        ...(await people.ephemerals(bo)).slice(told.bo),
      ];
      return seen[0]?.plain ?? null;
    });
    const card = await people.until('the card', async () => (await people.cards())[0] ?? null);
    await people.decide(cy, card, declining('only trying'));
    await people.untilEnded(card);

    expect(refusal).toMatch(
      /has a restore in progress: R\d+|already has a restore: R\d+\.\nOne at a time.*\nYou had typed: "log corrupt/s,
    );
    expect(await people.cards()).toHaveLength(1);
    expect(await compareWith(world, before)).toEqual(untouched);
  });
});

describe('at the stop gate', () => {
  let card: SeenMessage;
  beforeAll(async () => {
    card = await people.propose(ana);
  }, 60_000);

  it('somebody who was deactivated with the form open cannot approve', async () => {
    await people.press(cy, card, 'approve-stop');
    const form = await people.untilForm(cy, 'approve');
    await people.faults({ deactivate: { user: cy } });

    await people.submit(cy, form, { comment: 'go' }, { under_way: true });
    const refused = await people.until('the refusal in the record', async () => {
      const events = readJournal(world);
      return events.findLast((event) => event.type === 'refused' && event.person.userId === cy) ?? null;
    });
    await people.faults({ deactivate: { user: cy, deleted: false } });

    expect(refused).toMatchObject({ message: 'You cannot sign: a deactivated account.' });
    expect(wireOf(await people.thread(card))).not.toContain('approved');
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it('the requester alone cannot approve', async () => {
    const answer = await people.answerTo(ana, () => people.press(ana, card, 'approve-stop'));

    expect(answer).toBe(
      'You proposed this restore, so someone else has to approve the stop.\nPress "Who can approve?" to see who that can be.',
    );
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it.each([
    [
      'somebody who is no approver',
      dana,
      'You are not an approver of east.\nApprovers are those who were approvers when this restore was proposed and are still in the bot\'s configuration. Press "Who can approve?" to see them.',
    ],
    [
      'a guest in the approver group',
      gil,
      'You cannot sign: a guest.\nFull members of this workspace who are approvers of the cluster can.',
    ],
  ])('%s cannot approve', async (_name, user, words) => {
    const answer = await people.answerTo(user, () => people.press(user, card, 'approve-stop'));

    expect(answer).toBe(words);
    expect(wireOf(await people.thread(card))).not.toContain('approved');
    expect(await compareWith(world, before)).toEqual(untouched);
  });

  it('a second proposal is refused while the first one is open', async () => {
    const answer = await people.command(bo, '/aurora restore');

    expect(answer).toMatch(/^east has a restore in progress, R\d+: decide in its thread/);
    expect(await people.cards()).toHaveLength(2);
  });

  it('a press that Slack delivers twice is answered once', async () => {
    const told = (await people.ephemerals(bo)).length;
    await people.faults({ duplicate_deliveries: 1 });

    await people.answerTo(bo, () => people.press(bo, card, 'who-can-approve'));
    const after = await people.answerTo(bo, () => people.press(bo, card, 'who-can-approve'));
    const answers = (await people.ephemerals(bo)).slice(told);

    expect(after).toContain('Who can approve the stop:');
    expect(after).toContain('gil (a guest)');
    expect(answers).toHaveLength(2);
  });

  it('a decline ends it, says why in the thread, and nothing was touched; a form that was still open comes too late', async () => {
    await people.press(cy, card, 'approve-stop');
    const late = await people.untilForm(cy, 'approve');
    await people.faults({ duplicate_deliveries: 1 });

    await people.decide(bo, card, declining('wrong <!here> `backup`'));
    await people.untilEnded(card);
    const answer = await people.answerTo(cy, () => people.submit(cy, late, { comment: 'go' }));

    const thread = await people.thread(card);
    const declined = thread.filter((message) => message.plain.startsWith('@bo declined'));
    expect(declined.map((message) => message.plain)).toEqual([
      expect.stringMatching(
        /^@bo declined stopping the schedulers \(\d\d:\d\d UTC\): "wrong <!here> ˋbackupˋ"\nNothing was touched\. Another proposal starts with \/aurora restore\.$/,
      ),
    ]);
    expect(wireOf(thread)).not.toContain('<!here>');
    expect((await people.lastInChannel(card)).plain).toMatch(
      /^The restore of east was declined \(\d\d:\d\d UTC\)\. Declined before any host was touched\./,
    );
    expect(thread.filter((message) => hasButton(message, 'approve-stop'))).toEqual([]);
    expect(answer).toMatch(/^R\d+ has ended: declined\.\n\/aurora restore starts another one\.$/);
    expect(await compareWith(world, before)).toEqual(untouched);
  });
});

describe('a suspicious backup', () => {
  it('is shown with its reasons before anybody is asked to approve', async () => {
    const newest = newestBackup();
    const odd = join(newest, '..', 'scheduler-backup-2030-01-01-00-00');
    fs.writeFileSync(odd, Buffer.concat([fs.readFileSync(newest), Buffer.from('more')]));
    const form = await people.openProposal(ana);
    const option = optionsOf(form.blocks).find(({ description }) => description !== undefined);

    await people.submit(ana, form, { 'backup-east': option?.value ?? '', reason: 'the others are worse' });
    const card = await people.until('the card', async () => (await people.cards())[2] ?? null);
    const asked = await people.untilButton(card, 'approve-stop');
    await people.press(cy, card, 'approve-stop');
    const asking = await people.untilForm(cy, 'approve');
    await people.post('close', { user: cy, view_id: asking.id });
    await people.decide(bo, card, declining('rather not'));
    const shown = await people.untilEnded(card);
    fs.rmSync(odd);

    expect(option?.description?.text).toMatch(/^suspicious: /);
    const warning = /This backup is suspicious:.* 4 bytes/;
    expect(asked.plain).toMatch(warning);
    expect(JSON.stringify(asking.blocks)).toMatch(warning);
    expect(shown.plain).toMatch(warning);
    expect(await compareWith(world, before)).toEqual(untouched);
  });
});

describe('a hostile restore up to the commit', () => {
  it('forges nothing, survives its backup being rotated away, is not committed by a wrong name or a wrong person', async () => {
    const reason = `<!channel> *x* \`rm -rf /\` <https://evil.example|INC-1> ~s~ _i_ :fire: \u202Egnp ${'ж'.repeat(200)}`;
    const incident = 'https://evil.example/<!here>|x`*';
    const card = await people.propose(ana, { reason, incident });
    const newest = newestBackup();
    // It is held already; the scheduler may rotate what it wants.
    fs.renameSync(newest, `${newest}.away`);
    await people.faults({ duplicate_deliveries: 1 });
    await people.decide(bo, card, {
      actionId: 'approve-stop',
      form: 'approve',
      values: { comment: '<!channel>' },
    });
    await people.untilButton(card, 'sign-off-commit');
    for (const user of [bo, cy]) {
      await people.decide(user, card, { actionId: 'sign-off-commit', form: 'approve', values: {} });
      await people.untilInThread(card, `@${user === bo ? 'bo' : 'cy'} signed off the commit`);
    }

    await people.press(cy, card, 'commit');
    const wrongName = await people.submit(cy, await people.untilForm(cy, 'commit'), { cluster: 'west' });
    const wrongPerson = await people.answerTo(ana, () => people.press(ana, card, 'commit'));
    await people.decide(dana, card, { actionId: 'abort', form: 'abort', values: { reason: 'enough' } });
    await people.untilEnded(card);
    const thread = await people.thread(card);
    fs.renameSync(`${newest}.away`, newest);

    expect(JSON.stringify(wrongName)).toMatch(
      /"errors".*"cluster":"You typed .*west.*; the cluster is called `east`\./,
    );
    expect(wrongPerson).toBe('Only one of those who signed can commit.\nAsk bo or cy to commit.');
    expect(thread.filter((message) => message.plain.includes('@bo approved'))).toHaveLength(1);
    const wire = wireOf(thread);
    expect(wire).not.toContain('<!channel>');
    expect(wire).not.toContain('<!here>');
    expect(wire).not.toContain('|INC-1>');
    expect(wire).not.toContain('\u202E');
    expect(wire).not.toContain('`rm -rf /`');
    expect(JSON.stringify(readJournal(world))).not.toContain('commit-recovery');
    expect(await compareWith(world, before)).toEqual({ ...untouched, effects: false });
  }, 180_000);
});

/** The file of the backup that the form has chosen already; on aurora-2. */
function newestBackup(): string {
  const host = world.hosts.find(({ name }) => name === 'aurora-2');
  const directory = hostPaths(host?.directory ?? '').backups;
  const newest = fs.readdirSync(directory).sort().at(-1) ?? '';
  return join(directory, newest);
}

const blockWithOptions = z.object({
  block_id: z.literal('backup-east'),
  element: z.object({
    options: z.array(z.object({ value: z.string(), description: z.object({ text: z.string() }).optional() })),
  }),
});

/** The backups that the form offers. */
function optionsOf(blocks: readonly unknown[]) {
  return blocks.flatMap((block) => blockWithOptions.safeParse(block).data?.element.options ?? []);
}

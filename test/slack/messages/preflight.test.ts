/** What people read of the checks before they approve the stop: in the thread, on the card and in the full plan. */
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/restore/record/facts.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { renderStopGate } from '../../../src/slack/messages/gates.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { textsOf } from '../support/rendered.ts';
import { planned, ran, recordsOf, statesOf } from '../support/whole-story.ts';

const pass = (name: string): CheckResult => ({ name, verdict: 'pass', message: `${name}: fine.`, hint: '' });
const warning = (name: string, changes: Partial<CheckResult> = {}): CheckResult => ({
  name,
  verdict: 'warn',
  message: 'outside traffic is not blocked.',
  hint: 'Keep clients away.',
  ...changes,
});

function planWith(checks: readonly CheckResult[] | null) {
  const [proposal, , , ...rest] = planned;
  if (proposal === undefined) throw new Error('a story has a proposal');
  const events = [proposal, ...ran('check-hosts', checks === null ? {} : { checks }), ...rest];
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story has events');
  return {
    // Without the notification, which says the same once more.
    thread: textsOf(renderStopGate({ at: state, latest: state })).slice(1),
    card: textsOf(renderCard({ state, progress: null })).join('\n'),
    plan: JSON.stringify(fullPlanView(state)),
    blocks: fullPlanView(state).blocks,
  };
}

function sectionsOf(blocks: readonly unknown[]): readonly string[] {
  const texts: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

const fine = ['hosts reachable', 'quorum size', 'clock skew'].map(pass);

describe('checks that all passed', () => {
  it('are one line in the thread, nothing on the card, and a list in the full plan', () => {
    const { thread, card, plan } = planWith(fine);

    expect(thread).toContain('3 checks passed');
    expect(plan).toContain('Check hosts (3 of 3)');
    expect(card).not.toContain('warning');
    expect(plan).toContain('*The hosts were checked: 3 checks passed.*');
    expect(plan).toContain(':white_check_mark: *quorum size* — quorum size: fine.');
  });
});

describe('warnings', () => {
  it('stand first in the thread with what can be done, and are counted at its end', () => {
    const { thread, card, plan } = planWith([
      ...fine,
      warning('traffic driver', { host: 'aurora-2' }),
      warning('failover time', { message: 'Mesos does not say.', hint: 'Ask it.' }),
    ]);

    const lines = thread.join('\n').split('\n');
    const first = lines.indexOf(
      ':warning: *traffic driver* — aurora-2: outside traffic is not blocked. Keep clients away.',
    );
    expect(first).toBeGreaterThanOrEqual(0);
    expect(lines[first + 1]).toBe(':warning: *failover time* — Mesos does not say. Ask it.');
    expect(lines.indexOf('3 checks passed, 2 warnings')).toBeGreaterThan(first);
    expect(card).toContain('The checks of the hosts gave 2 warnings: read them in the thread.');
    expect(plan).toContain('Check hosts (3 of 3, 2 warnings)');
    expect(plan).toContain(':warning: *traffic driver*');
  });

  it('that say the same of several hosts are one', () => {
    const hosts = ['aurora-1', 'aurora-2', 'aurora-3'].map((host) => warning('traffic driver', { host }));

    const { thread } = planWith([...fine, ...hosts]);

    expect(thread).toContain(
      ':warning: *traffic driver* — aurora-1, aurora-2, aurora-3: outside traffic is not blocked. Keep clients away.',
    );
    expect(thread).toContain('3 checks passed, 1 warning');
  });

  it('beyond eight are left to the full plan, and counted', () => {
    const many = Array.from({ length: 11 }, (_, n) => warning(`check ${n}`));

    const { thread, plan, blocks } = planWith([...fine, ...many]);

    expect(thread.filter((line) => line.startsWith(':warning:'))).toHaveLength(8);
    expect(thread).toContain('…and 3 more warnings: see *Full plan*.');
    expect(thread).toContain('3 checks passed, 11 warnings');
    expect(plan).toContain('*check 10*');
    expect(blocks.length).toBeLessThanOrEqual(100);
  });

  it('cannot mention anybody, nor be cut in the plan however long they are', () => {
    const long = Array.from({ length: 40 }, (_, n) =>
      warning(`check ${n}`, { message: `<!channel> ${'x'.repeat(390)}`, hint: 'y'.repeat(290) }),
    );

    const { thread, blocks } = planWith(long);

    const sections = sectionsOf(blocks);
    expect(thread.join('')).not.toContain('<!channel>');
    expect(Math.max(...sections.map((text) => text.length))).toBeLessThan(2_900);
    expect(sections.join('\n').match(/\*check \d+\*/g)).toHaveLength(40);
    expect(blocks.length).toBeLessThanOrEqual(100);
  });
});

describe('a journal of before there was a list', () => {
  it('says nothing of checks', () => {
    const { thread, plan } = planWith(null);

    expect(thread.join('\n')).not.toMatch(/checks? passed/);
    expect(plan).toContain('Check hosts (3 of 3)');
    expect(plan).not.toContain('were checked');
  });
});

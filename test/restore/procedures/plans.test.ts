/** What holds for the plan of every procedure, whichever are added. */
import { describe, expect, it } from 'vitest';
import { procedures } from '../../../src/restore/procedures/index.ts';
import { undoPlan } from '../../../src/restore/procedures/parts.ts';
import { withOpenTraffic } from '../../../src/restore/procedures/plan.ts';
import { steps } from '../../../src/restore/steps/index.ts';

const undoing = new Set<string>(undoPlan.map(({ name }) => name));

describe.each(Object.values(procedures))('the plan of $name', ({ plan, summaryStep, electsIn }) => {
  const names = plan.map(({ name }) => name);
  const at = (name: string): number => plan.findIndex((item) => item.name === name);

  it('touches no host before the stop is approved', () => {
    const before = plan.slice(0, at('stop')).flatMap((item) => (item.kind === 'step' ? [item.name] : []));

    expect(before.filter((name) => steps[name].touches)).toEqual([]);
  });

  it('takes back what it touches, until nothing can be taken back', () => {
    const left = plan.slice(0, at('look')).flatMap((item) => {
      if (item.kind !== 'step') return [];
      const step = steps[item.name];
      return step.touches && !(typeof step.undo === 'string' && undoing.has(step.undo)) ? [item.name] : [];
    });

    expect(left).toEqual([]);
  });

  it('signs at the commit gate what its last step before has summarised', () => {
    expect(names[at('commit') - 1]).toBe(summaryStep);
    expect(names).toContain(electsIn);
  });
});

describe('every step', () => {
  it('stands in a plan', () => {
    const planned = new Set(
      [...Object.values(procedures).flatMap(({ plan }) => withOpenTraffic(plan)), ...undoPlan].map(
        ({ name }) => name,
      ),
    );

    expect(Object.keys(steps).filter((name) => !planned.has(name as keyof typeof steps))).toEqual([]);
  });
});

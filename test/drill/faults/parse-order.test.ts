import { describe, expect, it } from 'vitest';
import { moments } from '../../../src/drill/faults/moments.ts';
import { parseFaultOrder, refuseImpossibleFaults } from '../../../src/drill/faults/parse-order.ts';
import { faults } from '../../../src/drill/faults/table.ts';

describe('parseFaultOrder', () => {
  it('takes a fault with its step', () => {
    const order = parseFaultOrder('leader-moves@summarise-staged');

    expect(order.fault.name).toBe('leader-moves');
    expect(order.at).toBe('summarise-staged');
  });

  it.each([
    'gate-stop',
    'gate-commit',
    'gate-go-back',
    'look',
    'undo-put-back-log',
    'run-recovery-tool',
    'read-old-state',
  ])('takes %s for a moment', (moment) => {
    expect(parseFaultOrder(`bot-killed@${moment}`).at).toBe(moment);
  });

  it('has it at its usual moment when none is named', () => {
    expect(parseFaultOrder('leader-frozen').at).toBe('gate-commit');
  });

  it('names every fault there is when it does not know one', () => {
    const parse = () => parseFaultOrder('nonsense');

    expect(parse).toThrow(/no fault "nonsense".*leader-moves, leader-frozen.*old-log-left/);
  });

  it('names every moment there is when it does not know one', () => {
    const parse = () => parseFaultOrder('leader-moves@tea-time');

    expect(parse).toThrow(/"tea-time" is not a step.*check-hosts.*gate-stop.*summarise-staged.*look/);
  });

  it('refuses a second @', () => {
    expect(() => parseFaultOrder('leader-moves@look@look')).toThrow(/no fault/);
  });

  it('says when a fault would make no difference', () => {
    const parse = () => parseFaultOrder('commit-reply-lost@soak');

    expect(parse).toThrow(/makes no difference at soak: it happens at .*set-recovery-flags/);
  });
});

describe('refuseImpossibleFaults', () => {
  const order = (name: string) => [parseFaultOrder(name)];

  it('lets pass what can happen', () => {
    const stage = { hosts: 'processes', minor: 22 } as const;

    expect(() => refuseImpossibleFaults(order('two-elected'), stage)).not.toThrow();
    expect(() => refuseImpossibleFaults([], stage)).not.toThrow();
  });

  it('names the releases to which it happens, and what can happen instead', () => {
    const refuse = () =>
      refuseImpossibleFaults(order('all-dead-but-running'), { hosts: 'processes', minor: 17 });

    expect(refuse).toThrow(
      'all-dead-but-running happens to Aurora 0.21 or later, and that of this drill is 0.17.',
    );
    expect(refuse).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/--aurora-version.*two-elected/) as string }),
    );
  });

  it('names the hosts to which it happens', () => {
    const refuse = () => refuseImpossibleFaults(order('host-cut-off'), { hosts: 'processes', minor: 22 });

    expect(refuse).toThrow(
      'host-cut-off happens to hosts that are namespaces, and those of this drill are processes.',
    );
  });
});

describe('the faults', () => {
  it('have a name of their own, a sentence, and a usual moment that exists', () => {
    const names = faults.map((fault) => fault.name);

    expect(new Set(names).size).toBe(names.length);
    for (const fault of faults) {
      expect(fault.what).toMatch(/^[A-Z].*\.$/);
      expect(moments).toContain(fault.usually);
      expect(fault.onlyAt ?? [fault.usually]).toContain(fault.usually);
      for (const moment of fault.onlyAt ?? []) expect(moments).toContain(moment);
    }
  });
});

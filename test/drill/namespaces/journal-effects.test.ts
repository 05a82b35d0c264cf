/** What a real systemd and a real packet filter have written, read back: see test/fixtures/README.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { effectsInJournal } from '../../../src/drill/namespaces/journal-effects.ts';

const units = { scheduler: 'aurora-scheduler.service', filterWitness: 'drill-nftables-witness.service' };
const recorded = readFileSync(new URL('../../fixtures/systemd-journal/host.jsonl', import.meta.url), 'utf8');
const words = (journal: string): string[] => effectsInJournal(journal, units).map(({ effect }) => effect);
const detailed = (journal: string): string[] =>
  effectsInJournal(journal, units).map(({ effect, detail }) => [effect, detail].filter(Boolean).join(' '));
/** The first lines of the packet filter. */
const lines = (words: string, count: number): string[] => {
  const all = recorded.split('\n');
  const first = all.findIndex((entry) => entry.includes(words));
  return all.slice(first, first + count);
};

describe('the journal of a host', () => {
  it('tells starts, stops and rules that changed, each once, and whose they were', () => {
    const effects = effectsInJournal(recorded, units);

    expect(effects.map(({ effect, detail }) => [effect, ...(detail === undefined ? [] : [detail])])).toEqual([
      ['start'],
      ['block'],
      ['unblock'],
      ['stop'],
      ['start'],
      ['restarted'],
      ['started-by-boot'],
      ['stop'],
    ]);
    expect(effects.every(({ operationId, changed }) => operationId === null && changed)).toBe(true);
    expect(effects.map(({ at }) => at)).toEqual(effects.map(({ at }) => at).sort());
  });

  it('takes a second start for a second start', () => {
    const line = recorded.split('\n').find((entry) => entry.includes('Started aurora-scheduler')) ?? '';

    const twice = words(recorded.replace(line, `${line}\n${line}`));

    expect(twice.filter((word) => word === 'start')).toHaveLength(3);
  });

  it('gives to a power cut what nobody has brought back', () => {
    const boot = recorded.split('\n').findLastIndex((entry) => entry.includes('Journal started'));
    const untilBoot = recorded.split('\n').slice(0, boot + 1);
    const blockedAtEnd = [...lines('inet aurora_chatops', 7), recorded.split('\n')[boot] ?? ''].join('\n');
    const blockedAgain = [blockedAtEnd, ...lines('inet aurora_chatops', 7)].join('\n');

    expect(detailed(untilBoot.join('\n')).slice(-2)).toEqual([
      'restarted',
      'stop with the power of its host',
    ]);
    expect(detailed(blockedAtEnd)).toEqual(['block', 'unblock with the power of its host']);
    expect(detailed(blockedAgain)).toEqual(['block', 'blocked-again']);
  });

  it('gives to a boot what was not there before it', () => {
    const all = recorded.split('\n');
    const boot = all.findLastIndex((entry) => entry.includes('Journal started'));
    const started = all.findIndex(
      (entry, index) => index > boot && entry.includes('Started aurora-scheduler'),
    );

    expect(detailed([all[boot], all[started]].join('\n'))).toEqual(['start by the boot of its host']);
  });

  it('takes nothing of another unit for the scheduler', () => {
    expect(words(recorded.replaceAll('"UNIT":"aurora-scheduler.service"', '"UNIT":"other.service"'))).toEqual(
      ['block', 'unblock'],
    );
  });

  it('is not read at all when a line is torn', () => {
    expect(() => words(recorded.slice(0, -20))).toThrow();
  });
});

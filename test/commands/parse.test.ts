import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCluster } from '../../commands/choose-cluster.ts';
import { parseCommand, subcommands } from '../../commands/parse.ts';
import { wishWords } from '../../commands/wishes.ts';
import { east, eastAccess } from '../slack/support/cluster.ts';

describe('parseCommand()', () => {
  it('reads name, cluster and flags in any order', () => {
    expect(parseCommand('leader share east')).toEqual({
      kind: 'known',
      name: 'leader',
      cluster: 'east',
      flags: new Set(['share']),
    });
    expect(parseCommand('  BACKUPS   east ALL ')).toMatchObject({ name: 'backups', cluster: 'east' });
    expect(parseCommand('status all')).toMatchObject({ name: 'status', cluster: 'all' });
  });

  it('takes one cluster and not two, except where it takes none', () => {
    expect(parseCommand('restore east west')).toEqual({
      kind: 'too-many',
      name: 'restore',
      flags: new Set(),
      named: ['east', 'west'],
    });
    expect(parseCommand('help me please')).toMatchObject({ kind: 'known', name: 'help' });
  });

  it('reads who, with the restore or cluster it is asked about', () => {
    expect(parseCommand('restore who')).toMatchObject({ cluster: null, flags: new Set(['who']) });
    expect(parseCommand('restore WHO R12')).toMatchObject({ cluster: 'R12', flags: new Set(['who']) });
    expect(parseCommand('restore who R 12')).toMatchObject({ kind: 'too-many', flags: new Set(['who']) });
    expect(parseCommand('restore whose')).toMatchObject({ cluster: 'whose', flags: new Set() });
  });

  it('asks for help when nothing is typed', () => {
    expect(parseCommand('')).toMatchObject({ kind: 'known', name: 'help' });
  });

  it.each([
    ['bakups', 'backups'],
    ['lead', 'leader'],
    ['restor', 'restore'],
    ['stauts', 'status'],
    ['abrot', 'abort'],
    ['deploy', null],
  ])('takes %s to mean %s', (word, meant) => {
    expect(parseCommand(word)).toEqual({ kind: 'unknown', word, meant });
  });

  it('never throws and knows its own names, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const parsed = parseCommand(text);

        expect(!('name' in parsed) || subcommands.includes(parsed.name)).toBe(true);
      }),
    );
  });
});

describe('a word for what only a button decides', () => {
  it.each([
    ['abort it is the wrong backup', 'stop'],
    ['PAUSE east', 'pause'],
    ['approve', 'approve'],
    ['sign off', 'approve'],
    ['go back', 'undo'],
  ])('%s', (text, verb) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'wish', wish: { verb } });
  });

  it('never hides a command', () => {
    expect(subcommands.filter((name) => wishWords.includes(name))).toEqual([]);
  });
});

describe('chooseCluster()', () => {
  it('takes the only cluster, or the only one of the channel, and asks otherwise', async () => {
    const access = await eastAccess();
    const west = { ...access, cluster: { ...east, name: 'west', channel: 'C0WEST' } };
    const one = new Map([['east', access]]);
    const two = new Map([
      ['east', access],
      ['west', west],
    ]);

    expect(chooseCluster({ clusters: one }, { cluster: null, conversation: { channel: 'C0ANY' } })).toBe(
      access,
    );
    expect(chooseCluster({ clusters: two }, { cluster: null, conversation: { channel: 'C0WEST' } })).toBe(
      west,
    );
    expect(chooseCluster({ clusters: two }, { cluster: 'east', conversation: { channel: 'C0WEST' } })).toBe(
      access,
    );
    expect(() =>
      chooseCluster({ clusters: two }, { cluster: null, conversation: { channel: 'C0ANY' } }),
    ).toThrow('Which cluster?');
    expect(() =>
      chooseCluster({ clusters: two }, { cluster: 'north', conversation: { channel: 'C0ANY' } }),
    ).toThrow('There is no cluster called `north`');
  });

  it('asks back what was meant, and takes none that was guessed', async () => {
    const clusters = new Map([['east', await eastAccess()]]);
    const choose = (cluster: string) => () =>
      chooseCluster({ clusters }, { cluster, conversation: { channel: 'C0ANY' } });
    const meant = expect.objectContaining({ hint: 'Did you mean `east`? Known: `east`.' }) as Error;

    expect(choose('esat')).toThrow(meant);
    expect(choose('EAST')).toThrow(meant);
    expect(choose('x'.repeat(500))).toThrow(expect.objectContaining({ hint: 'Known: `east`.' }) as Error);
  });
});

/** The drill that proves backups on a host while its cluster runs, as the command plays it. Root only. */
import { describe, expect, it } from 'vitest';
import { startCommand } from './support/drill-command.ts';
import { leftoversOf, nothing } from './support/namespace-leftovers.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('Skipped: hosts made of namespaces need root. Run the tests as root, on Debian.');

describe.skipIf(!isRoot)('the story prove', { timeout: 240_000 }, () => {
  it('proves the good backup and refutes misleading ones, leaves nothing behind and touches nothing of the cluster', async () => {
    const drill = startCommand('--auto', '--json', '--story', 'prove');

    const [code] = await drill.ended;

    expect(drill.complaints()).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(drill.said().trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      ...{ proven: 1, refuted: 4, leftBehind: 0, clusterTouched: 0 },
      proofs: [
        { backup: 'good', verdict: 'proven', tasks: 9 },
        { backup: 'gzip', says: expect.stringMatching(/shows 0 tasks/) },
        { backup: 'hostile-names', says: expect.stringMatching(/the scheduler that loads it gave up/) },
        { backup: 'same-task-id-twice', says: expect.stringMatching(/does not take it/) },
        { backup: 'unknown-status', says: expect.stringMatching(/shows other tasks/) },
      ],
    });
    expect(leftoversOf(drill.pid)).toEqual(nothing);
  });
});

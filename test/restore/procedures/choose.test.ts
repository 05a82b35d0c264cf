import { describe, expect, it } from 'vitest';
import type { HostStatus } from '../../../src/aurora/hosts.ts';
import { findMissingTool, listRecoveryTools } from '../../../src/restore/preflight/tool-checks.ts';
import { chooseProcedure } from '../../../src/restore/procedures/choose.ts';
import { shareOutLogs } from '../../../src/restore/rules/quorum.ts';
import { proposed, stateOf } from '../support/story.ts';

describe('chooseProcedure()', () => {
  const choose = (changes: Partial<Parameters<typeof chooseProcedure>[0]>) =>
    chooseProcedure({ auroraVersion: '0.22.0', configured: undefined, requested: null, ...changes });

  it.each(['0.5.0', '0.9.0', '0.17.0', '0.20.0', '0.22.0', '0.25.0'])(
    'prefers the staged one for %s, because it works everywhere',
    (auroraVersion) => {
      expect(choose({ auroraVersion })).toEqual({ procedure: 'staged', reason: 'works with every release' });
    },
  );

  it('takes what the cluster is configured for, and what was asked for before that', () => {
    expect(choose({ configured: 'recovery-tool' })).toEqual({
      procedure: 'recovery-tool',
      reason: 'configured for this cluster',
    });
    expect(choose({ configured: 'recovery-tool', requested: 'staged' })).toEqual({
      procedure: 'staged',
      reason: 'asked for with the proposal',
    });
    expect(choose({ requested: 'recovery-tool' })).toEqual({
      procedure: 'recovery-tool',
      reason: 'asked for with the proposal',
    });
  });

  it('says the usual reason when the form was sent off as it was', () => {
    expect(choose({ requested: 'staged' })).toMatchObject({ reason: 'works with every release' });
    expect(choose({ configured: 'recovery-tool', requested: 'recovery-tool' })).toMatchObject({
      reason: 'configured for this cluster',
    });
  });

  it.each(['0.9.0', '0.19.0'])('refuses the recovery tool for %s, which has none', (auroraVersion) => {
    expect(choose({ auroraVersion, requested: 'recovery-tool' })).toMatchObject({
      code: 'procedure-unavailable',
      message: expect.stringContaining(auroraVersion),
    });
  });
});

describe('shareOutLogs()', () => {
  it.each([
    [1, { voters: ['h1'], empty: [] }],
    [3, { voters: ['h2', 'h1'], empty: ['h3'] }],
    [5, { voters: ['h2', 'h1', 'h3'], empty: ['h4', 'h5'] }],
  ])('gives exactly a quorum of %i hosts a log, the refilled one among them', (count, expected) => {
    const hosts = Array.from({ length: count }, (_, index) => `h${index + 1}`);
    const refilled = count === 1 ? 'h1' : 'h2';
    const proposal = { ...proposed(), hosts, backup: { host: refilled, name: 'b', sha256: 'ab' } };
    const state = stateOf([proposal as ReturnType<typeof proposed>]);

    expect(shareOutLogs(state)).toEqual({ refilled, ...expected });
  });
});

describe('the recovery tool on the hosts', () => {
  const offLine = { procedure: 'recovery-tool', refilled: 'aurora-2' } as const;
  const hostWith = (host: string, present: boolean | undefined): HostStatus => ({
    host,
    agentVersion: '0.1.0',
    auroraVersion: '0.22.0',
    clockMs: 0,
    scheduler: {
      service: 'running',
      pid: 1,
      httpPortOpen: true,
      libprocessPortOpen: true,
      logLockHeld: true,
    },
    log: { exists: true, files: 6, bytes: 5_000 },
    flags: { sha256: 'ab', values: {} },
    traffic: 'open',
    mesosLog: { present: true },
    ...(present !== undefined && { recoveryTool: { present } }),
    disk: { freeBytes: 1e12 },
    backupDir: { path: '/b', writable: true, files: 1 },
    vars: null,
    leaderHealth: null,
  });
  it('must be where the backup is; elsewhere is no help', () => {
    const statuses = [hostWith('aurora-1', true), hostWith('aurora-2', false), hostWith('aurora-3', true)];

    expect(findMissingTool(offLine, statuses)).toMatchObject({
      message: 'aurora-2 has the backup and no recovery tool; aurora-1 and aurora-3 would have one.',
    });
  });

  it('is not there when an older agent says nothing of it', () => {
    const statuses = [hostWith('aurora-2', undefined)];

    expect(listRecoveryTools(statuses)).toBeUndefined();
    expect(findMissingTool(offLine, statuses)?.message).toBe('aurora-2 has the backup and no recovery tool.');
  });

  it('is nothing that the staged procedure asks for', () => {
    const staged = { ...offLine, procedure: 'staged' } as const;

    expect(findMissingTool(staged, [hostWith('aurora-2', false)])).toBeNull();
  });

  it('is enough on the one host', () => {
    expect(findMissingTool(offLine, [hostWith('aurora-1', false), hostWith('aurora-2', true)])).toBeNull();
  });
});

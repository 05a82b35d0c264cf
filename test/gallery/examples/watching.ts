/** Alarms outside any restore, by the judgement of the watch itself of what it saw. */
import { createHash } from 'node:crypto';
import { explainLeader } from '../../../src/aurora/leader-words.ts';
import { renderAlarm, renderOver, renderWorse } from '../../../src/slack/messages/alarm.ts';
import { snoozeForm } from '../../../src/slack/views/snooze.ts';
import { beginHistory, remember } from '../../../src/watch/history.ts';
import { judge } from '../../../src/watch/judge.ts';
import type { HostLook, Observation, SeenFile } from '../../../src/watch/observation.ts';
import { defaultWatchPolicy } from '../../../src/watch/policy.ts';
import type { Alarm, Said } from '../../../src/watch/state.ts';
import { east } from '../../slack/support/cluster.ts';
import type { Group } from '../example.ts';
import { inChannel, reply } from '../moments.ts';

const now = Date.UTC(2026, 10, 30, 3);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function file(ageMs: number, changes: Partial<SeenFile> = {}): SeenFile {
  const name = `scheduler-backup-${new Date(now - ageMs).toISOString().slice(0, 16).replace(/[:T]/g, '-')}`;
  return {
    name,
    sha256: createHash('sha256').update(name).digest('hex'),
    bytes: 1_000,
    mtimeMs: now - ageMs,
    contentAtMs: now - ageMs,
    verdict: 'ok',
    reason: null,
    tasks: 100,
    frameworkId: 'F1',
    ...changes,
  };
}

const host = (n: number, changes: Partial<HostLook> = {}): HostLook => ({
  host: `aurora-${n}`,
  facts: {
    auroraVersion: '0.22.0',
    clockAheadMs: 0,
    startedAtMs: now - 10 * day,
    flags: {},
    running: {},
    disks: [{ places: ['log'], freeBytes: 50e9, freeFiles: null }],
  },
  why: null,
  backups: [],
  ...changes,
});

const hourly = Array.from({ length: 24 }, (_, index) => file(index * hour + 20 * minute));

/** What is told of a cluster that is well but for this. */
function said(kind: string, changes: Partial<Observation>): Alarm & { readonly said: Said } {
  const observation: Observation = {
    atMs: now,
    hosts: [host(1), host(2, { backups: hourly }), host(3)],
    leader: { kind: 'leads', host: 'aurora-2' },
    logReplicas: ['10.0.3.11:8083', '10.0.3.12:8083', '10.0.3.13:8083'],
    frameworks: [
      {
        frameworkId: 'F1',
        name: 'Aurora',
        connected: true,
        failoverTimeoutMs: 21 * day,
        unregisteredAtMs: null,
      },
    ],
    certificates: [],
    proofs: 'none',
    ...changes,
  };
  const history = remember(beginHistory(now - 30 * day), observation);
  const finding = judge({ cluster: east, observation, history, policy: defaultWatchPolicy }).found.find(
    (each) => each.kind === kind,
  );
  if (finding === undefined) throw new Error(`no ${kind} is found`);
  const { severity, says, means, next, hold } = finding;
  return {
    number: 7,
    kind,
    subject: finding.subject,
    sinceMs: now - 12 * minute,
    looks: 3,
    said: { atMs: now, severity, says, means, next, ...(hold !== undefined && { hold }) },
    worse: null,
    goneSinceMs: null,
    goneLooks: 0,
    over: null,
    returns: 0,
    snooze: null,
    told: true,
  };
}

const withFiles = (backups: readonly SeenFile[]): Partial<Observation> => ({
  hosts: [host(1), host(2, { backups }), host(3)],
});

export function watchingExamples(): Group {
  const cluster = 'east';
  const words = explainLeader({ kind: 'none', candidates: [] });
  const nobody = said('nobody-leads', { leader: { kind: 'nobody', says: words.sentence, next: words.next } });
  const late = said('backup-late', withFiles([file(3 * hour), file(4 * hour)]));
  const broken = said(
    'backup-broken',
    withFiles([file(minute, { verdict: 'broken', reason: 'It ends in the middle of task 7.' }), ...hourly]),
  );
  const bad = Array.from({ length: 41 }, (_, index) =>
    file((index + 1) * minute, { verdict: 'broken', reason: null }),
  );
  const rotates = said('last-backup-rotates', withFiles([...bad, file(3 * hour)]));
  const silent = said('agent-silent', {
    hosts: [
      host(1),
      host(2, { backups: hourly }),
      host(3, { facts: null, backups: null, why: 'connection refused' }),
    ],
  });
  const snooze = { by: 'UBO', reason: 'the new disk comes at ten', atMs: now, untilMs: now + 4 * hour };
  return {
    title: 'Alarms of the watch',
    examples: [
      inChannel(
        {
          id: 'alarm-critical',
          title: 'Nobody leads',
          seen: 'In the channel, when it has held for its time.',
        },
        renderAlarm({ cluster, alarm: nobody }, now),
      ),
      inChannel(
        { id: 'alarm-warning', title: 'Backups are late', seen: 'In the channel.' },
        renderAlarm({ cluster, alarm: late }, now),
      ),
      inChannel(
        { id: 'alarm-broken', title: 'The newest backup is broken', seen: 'In the channel.' },
        renderAlarm({ cluster, alarm: broken }, now),
      ),
      inChannel(
        {
          id: 'alarm-hold',
          title: 'The last good backup is about to go',
          seen: 'In the channel, with a button that holds it.',
        },
        renderAlarm({ cluster, alarm: rotates }, now),
      ),
      inChannel(
        { id: 'alarm-silent', title: 'An agent is silent', seen: 'In the channel.' },
        renderAlarm({ cluster, alarm: silent }, now),
      ),
      reply(
        { id: 'alarm-worse', title: 'It got worse', seen: 'In the thread of the alarm.' },
        renderWorse(said('backup-late', withFiles([file(6 * hour)])).said),
      ),
      {
        id: 'snooze-form',
        title: 'Snooze',
        seen: 'After *Snooze…*',
        kind: 'form',
        view: snoozeForm(late.said, ''),
      },
      inChannel(
        {
          id: 'alarm-snoozed',
          title: 'It is silenced',
          seen: 'In the channel: the alarm, once somebody has snoozed it.',
        },
        renderAlarm({ cluster, alarm: { ...late, snooze } }, now),
      ),
      inChannel(
        {
          id: 'alarm-over',
          title: 'It is over',
          seen: 'In the channel: the alarm, once it does not hold any more.',
        },
        renderAlarm(
          { cluster, alarm: { ...late, over: { atMs: now + 40 * minute, why: 'cleared' } } },
          now + 40 * minute,
        ),
      ),
      reply(
        { id: 'alarm-over-thread', title: 'The same in the thread', seen: 'In the thread of the alarm.' },
        renderOver({ cluster, alarm: late }, now + 40 * minute),
      ),
    ],
  };
}

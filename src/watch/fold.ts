/**
 * From what holds to what is said. An alarm is told once, when it has held for its time and in two looks, and is over once, when it has
 * been gone for as long. One that comes back within a day has to be gone for twice as long each time: what flaps is told once.
 * What could not be seen changes nothing. Pure; the state is stored before anything is said.
 */
import type { Finding } from './alarm.ts';
import { beginAfresh } from './history.ts';
import type { Verdict } from './judge.ts';
import { type Alarm, isSnoozed, type Said, type Snooze, type WatchState } from './state.ts';

const looksMin = 2;
const goneMinMs = 10 * 60_000;
const goneMaxMs = 6 * 3_600_000;
/** How long one that is over is remembered. */
const rememberedMs = 24 * 3_600_000;
/** Far more than kinds and hosts make; the oldest that are over go first. */
const alarmsMax = 300;

type Found = Verdict['found'][number];

/** After one look. The history of the state is the caller's to move on. */
export function fold(state: WatchState, verdict: Verdict, atMs: number): WatchState {
  const unmatched = new Map(verdict.found.map((found) => [keyOf(found), found]));
  let { nextNumber } = state;
  const alarms: Alarm[] = [];
  for (const alarm of state.alarms) {
    const key = keyOf(alarm);
    const found = alarm.over === null ? unmatched.get(key) : undefined;
    if (found === undefined) {
      const kept = alarm.over === null ? notFound(alarm, verdict, atMs) : forget(alarm, atMs);
      if (kept !== null) alarms.push(kept);
      continue;
    }
    unmatched.delete(key);
    const next = goesOn(alarm, found, atMs);
    if (snoozeEnded(next, atMs)) {
      // It is told anew, below the old message, which says how the snooze ended.
      alarms.push({ ...next, over: { atMs, why: 'snoozed' }, told: false });
      alarms.push({ ...begin(found, nextNumber, atMs), sinceMs: next.sinceMs, said: say(found, atMs) });
      nextNumber += 1;
    } else alarms.push(next);
  }
  for (const found of unmatched.values()) {
    const last = state.alarms.findLast((each) => keyOf(each) === keyOf(found) && each.over !== null);
    alarms.push({
      ...begin(found, nextNumber, atMs),
      returns: last === undefined ? 0 : last.returns + 1,
      snooze: last !== undefined && isSnoozed(last, atMs) ? last.snooze : null,
    });
    nextNumber += 1;
  }
  return { ...state, nextNumber, alarms: bounded(alarms) };
}

/** Nothing of before or during a restore is held against the cluster; what was told is looked at anew. */
export function afterRestore(state: WatchState, atMs: number): WatchState {
  return {
    ...state,
    duringRestore: false,
    history: beginAfresh(state.history, atMs),
    alarms: state.alarms
      .filter(({ said, over }) => said !== null || over !== null)
      .map((alarm) => ({ ...alarm, goneSinceMs: null, goneLooks: 0 })),
  };
}

/** `null` when there is no such alarm, or it is over. */
export function snooze(state: WatchState, number: number, asked: Snooze): WatchState | null {
  const alarm = state.alarms.find(
    (each) => each.number === number && each.said !== null && each.over === null,
  );
  if (alarm === undefined) return null;
  const snoozed = { ...alarm, snooze: asked, told: false };
  return { ...state, alarms: state.alarms.map((each) => (each === alarm ? snoozed : each)) };
}

function begin(found: Found, number: number, atMs: number): Alarm {
  return {
    number,
    kind: found.kind,
    subject: found.subject,
    sinceMs: atMs,
    looks: 1,
    said: null,
    worse: null,
    goneSinceMs: null,
    goneLooks: 0,
    over: null,
    returns: 0,
    snooze: null,
    told: false,
  };
}

function goesOn(alarm: Alarm, found: Found, atMs: number): Alarm {
  const seen = { ...alarm, looks: alarm.looks + 1, goneSinceMs: null, goneLooks: 0 };
  if (isSnoozed(alarm, atMs)) return seen;
  if (seen.said === null) {
    const holds = seen.looks >= looksMin && atMs - seen.sinceMs >= found.holdMs;
    return holds ? { ...seen, said: say(found, atMs), snooze: null } : seen;
  }
  const isWorse = seen.worse === null && seen.said.severity === 'warning' && found.severity === 'critical';
  return isWorse ? { ...seen, worse: say(found, atMs), told: false } : seen;
}

function notFound(alarm: Alarm, verdict: Verdict, atMs: number): Alarm | null {
  if (verdict.isUnseen(alarm)) return alarm;
  if (alarm.said === null) return null;
  const goneSinceMs = alarm.goneSinceMs ?? atMs;
  const gone = { ...alarm, goneSinceMs, goneLooks: alarm.goneLooks + 1 };
  const due = Math.min(goneMaxMs, goneMinMs * 2 ** alarm.returns);
  return gone.goneLooks >= looksMin && atMs - goneSinceMs >= due
    ? { ...gone, over: { atMs, why: 'cleared' }, told: false }
    : gone;
}

function forget(alarm: Alarm, atMs: number): Alarm | null {
  const old = alarm.over !== null && atMs - alarm.over.atMs > rememberedMs;
  return old && alarm.told && !isSnoozed(alarm, atMs) ? null : alarm;
}

function snoozeEnded({ said, snooze: asked }: Alarm, atMs: number): boolean {
  return said !== null && asked !== null && atMs >= asked.untilMs;
}

function say({ severity, says, means, next, hold }: Finding, atMs: number): Said {
  return { atMs, severity, says, means, next, ...(hold !== undefined && { hold }) };
}

function keyOf({ kind, subject }: { readonly kind: string; readonly subject: string }): string {
  return `${kind} ${subject}`;
}

function bounded(alarms: readonly Alarm[]): readonly Alarm[] {
  if (alarms.length <= alarmsMax) return alarms;
  const over = alarms.filter((alarm) => alarm.over !== null).slice(0, alarms.length - alarmsMax);
  return alarms.filter((alarm) => !over.includes(alarm)).slice(0, alarmsMax);
}

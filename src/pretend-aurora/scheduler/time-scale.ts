import type { World } from './world.ts';

/** Aurora's durations in real ms, by what they are for (see `World.time`). */
export interface TimeScale {
  seconds(auroraMs: number): number;
  minutes(auroraMs: number): number;
  hours(auroraMs: number): number;
}

export function timeScale({ msPerSecond, msPerMinute, msPerHour }: World['time']): TimeScale {
  return {
    seconds: (ms) => (ms / 1000) * msPerSecond,
    minutes: (ms) => (ms / 60_000) * msPerMinute,
    hours: (ms) => (ms / 3_600_000) * msPerHour,
  };
}

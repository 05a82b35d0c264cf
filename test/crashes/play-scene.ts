/** A scene is played in world after world, until one comes through it without meeting a point that was not killed at. */
import { messageOf } from '../../src/aurora/errors.ts';
import { playWorld, type WorldReport } from './play-world.ts';
import type { KillOrders } from './preload/kill.ts';
import type { Scene } from './scene.ts';

interface SceneOrders extends Omit<KillOrders, 'world' | 'begun'> {
  readonly scene: Scene;
  readonly signal: AbortSignal;
  readonly onKill: (point: string) => void;
  readonly onWorld: (report: WorldReport) => void;
}

/** So many worlds are played of a scene at most: one that meets new points for ever is our own mistake. */
const worldsMax = 60;

/** Ends early when `signal` says so. */
export async function playScene(orders: SceneOrders): Promise<void> {
  for (let turn = 1; turn <= worldsMax; turn += 1) {
    const report = await playWorld(orders).catch((error: unknown) => notPlayed(orders.scene, error));
    if (report === null) return;
    orders.onWorld(report);
    if (report.points.length < orders.limit && isEnd(report)) return;
  }
}

/** One that got stuck has points left behind its end: the next world may come past them. */
function isEnd({ outcome, points }: WorldReport): boolean {
  return outcome === 'completed' || outcome === 'undone' || points.length === 0;
}

/** A world that did not come to stand is an end that nobody wanted, too. */
function notPlayed(scene: Scene, error: unknown): WorldReport {
  const counts = { repeated: 0, lost: 0, undoMismatch: false };
  return { scene, points: [], outcome: 'not played', ...counts, problems: [messageOf(error)] };
}

import { type WatchEventType, watchEvents } from './codes.ts';
import { parentOf } from './paths.ts';
import type { Change, Tree } from './tree.ts';

export interface WatchEvent {
  readonly type: WatchEventType;
  readonly path: string;
}

/** What a client asks to be watched again after it reconnected (`SetWatches`). */
interface WatchesToRestore {
  /** The last transaction the client has seen. */
  readonly relativeZxid: bigint;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
}

/**
 * The watches one connection has left. They fire once and die with the connection; a client brings them along
 * when it reconnects, and is told at once of what it missed (ZooKeeper's `WatchManager`, `DataTree.setWatches`).
 */
export class Watches {
  readonly #data = new Set<string>();
  readonly #child = new Set<string>();

  watchData(path: string): void {
    this.#data.add(path);
  }

  watchChildren(path: string): void {
    this.#child.add(path);
  }

  /** The events this change fires, in ZooKeeper's order; their watches are gone afterwards. */
  fire(change: Change): readonly WatchEvent[] {
    const { path } = change;
    const parent = parentOf(path);
    const ofParent = (): WatchEvent[] =>
      this.#child.delete(parent) ? [{ type: watchEvents.nodeChildrenChanged, path: parent }] : [];
    switch (change.kind) {
      case 'created':
        return [...this.#fireData(path, watchEvents.nodeCreated), ...ofParent()];
      case 'data-changed':
        return this.#fireData(path, watchEvents.nodeDataChanged);
      case 'deleted': {
        const ofData = this.#fireData(path, watchEvents.nodeDeleted);
        const ofChildren = this.#child.delete(path);
        // One watcher with both kinds of watch is told once that the node is gone.
        const gone = ofData.length > 0 || !ofChildren ? ofData : [{ type: watchEvents.nodeDeleted, path }];
        return [...gone, ...ofParent()];
      }
    }
  }

  /** Takes up a reconnected client's watches; returns the events for what changed while it was away. */
  restore(wanted: WatchesToRestore, tree: Tree): readonly WatchEvent[] {
    const missed: WatchEvent[] = [];
    for (const path of wanted.data) {
      const stat = tree.stat(path);
      if (stat === null) missed.push({ type: watchEvents.nodeDeleted, path });
      else if (stat.mzxid > wanted.relativeZxid) missed.push({ type: watchEvents.nodeDataChanged, path });
      else this.#data.add(path);
    }
    for (const path of wanted.exist) {
      if (tree.stat(path) !== null) missed.push({ type: watchEvents.nodeCreated, path });
      else this.#data.add(path);
    }
    for (const path of wanted.child) {
      const stat = tree.stat(path);
      if (stat === null) missed.push({ type: watchEvents.nodeDeleted, path });
      else if (stat.pzxid > wanted.relativeZxid) missed.push({ type: watchEvents.nodeChildrenChanged, path });
      else this.#child.add(path);
    }
    return missed;
  }

  #fireData(path: string, type: WatchEventType): WatchEvent[] {
    return this.#data.delete(path) ? [{ type, path }] : [];
  }
}

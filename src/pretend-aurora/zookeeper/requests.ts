import { errors, operations, Refusal } from './codes.ts';
import type { JuteReader, JuteWriter } from './jute.ts';
import type { Change, Stat, Tree } from './tree.ts';
import type { WatchEvent, Watches } from './watches.ts';

/** What a request works on: the nodes, the asking session and its connection's watches. */
interface RequestContext {
  readonly tree: Tree;
  readonly session: bigint;
  readonly watches: Watches;
  readonly now: number;
}

/** A request's effect: the body of its reply, what it changed, and events owed to the asker alone. */
export interface Outcome {
  readonly body?: (writer: JuteWriter) => void;
  readonly changes?: readonly Change[];
  readonly missed?: readonly WatchEvent[];
}

const flags = { ephemeral: 1, sequential: 2, highest: 3 } as const;

/** Does one numbered request; throws `Refusal` for the reply's error code, `RangeError` for cut bytes. */
export function handleRequest(operation: number, reader: JuteReader, context: RequestContext): Outcome {
  const { tree, watches } = context;
  switch (operation) {
    case operations.create:
    case operations.create2:
      return create(operation, reader, context);
    case operations.delete: {
      return { changes: tree.remove({ path: reader.string(), version: reader.int() }) };
    }
    case operations.exists: {
      const path = reader.string();
      // Watched even when it is not there: that is how one waits for a node to appear.
      if (reader.boolean()) watches.watchData(path);
      const stat = tree.stat(path);
      if (stat === null) throw new Refusal(errors.noNode, path);
      return { body: (writer) => writeStat(writer, stat) };
    }
    case operations.getData: {
      const path = reader.string();
      const { data, stat } = tree.read(path);
      if (reader.boolean()) watches.watchData(path);
      return { body: (writer) => writeStat(writer.buffer(data), stat) };
    }
    case operations.setData: {
      const path = reader.string();
      const changes = tree.setData({
        path,
        data: reader.buffer(),
        version: reader.int(),
        now: context.now,
      });
      const { stat } = tree.read(path);
      return { changes, body: (writer) => writeStat(writer, stat) };
    }
    case operations.getChildren:
    case operations.getChildren2: {
      const path = reader.string();
      const { children, stat } = tree.read(path);
      if (reader.boolean()) watches.watchChildren(path);
      return {
        body: (writer) => {
          writer.vector(children, (child) => writer.string(child));
          if (operation === operations.getChildren2) writeStat(writer, stat);
        },
      };
    }
    case operations.getAcl: {
      const { stat } = tree.read(reader.string());
      return {
        body: (writer) => {
          // Every node is open to the world, which is what Aurora without credentials makes them.
          writer.vector([31], (permissions) => writer.int(permissions).string('world').string('anyone'));
          writeStat(writer, stat);
        },
      };
    }
    case operations.sync: {
      const path = reader.string();
      return { body: (writer) => writer.string(path) };
    }
    case operations.setWatches: {
      const wanted = {
        relativeZxid: reader.long(),
        data: reader.vector(() => reader.string()),
        exist: reader.vector(() => reader.string()),
        child: reader.vector(() => reader.string()),
      };
      return { missed: watches.restore(wanted, tree) };
    }
    default:
      throw new Refusal(errors.unimplemented, `operation ${operation}`);
  }
}

function create(operation: number, reader: JuteReader, context: RequestContext): Outcome {
  const path = reader.string();
  const data = reader.buffer();
  const acl = reader.vector(() => [reader.int(), reader.string(), reader.string()]);
  const mode = reader.int();
  if (acl.length === 0) throw new Refusal(errors.invalidAcl, path);
  // Containers and nodes with a time to live are not what schedulers use.
  if (mode < 0 || mode > flags.highest) throw new Refusal(errors.unimplemented, path);
  const created = context.tree.create({
    path,
    data,
    ephemeralOwner: (mode & flags.ephemeral) === 0 ? 0n : context.session,
    sequential: (mode & flags.sequential) !== 0,
    now: context.now,
  });
  const { stat } = context.tree.read(created.path);
  return {
    changes: created.changes,
    body: (writer) => {
      writer.string(created.path);
      if (operation === operations.create2) writeStat(writer, stat);
    },
  };
}

function writeStat(writer: JuteWriter, stat: Stat): void {
  writer
    .long(stat.czxid)
    .long(stat.mzxid)
    .long(BigInt(stat.ctime))
    .long(BigInt(stat.mtime))
    .int(stat.version)
    .int(stat.cversion)
    .int(0) // aversion: the ACL never changes here
    .long(stat.ephemeralOwner)
    .int(stat.dataLength)
    .int(stat.numChildren)
    .long(stat.pzxid);
}

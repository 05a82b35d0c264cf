import { type Identity, permissions, readAcl, requirePermission, settleAcl, writeAcl } from './acl.ts';
import { errors, operations, Refusal } from './codes.ts';
import type { JuteReader, JuteWriter } from './jute.ts';
import { runMulti } from './multi.ts';
import type { Outcome } from './outcome.ts';
import { parentOf } from './paths.ts';
import type { Stat, Tree } from './tree.ts';
import type { Watches } from './watches.ts';

/** What a request works on: the nodes, the asking session and its connection's watches. */
interface RequestContext {
  readonly tree: Tree;
  readonly session: bigint;
  readonly watches: Watches;
  readonly now: number;
  /** Whom the asking client has proven to be. */
  readonly identities: readonly Identity[];
}

const flags = { ephemeral: 1, sequential: 2, highest: 3 } as const;
/** Curator makes parents so. A real server removes one some time after its last child; ours keeps it. */
const containerMode = 4;

/** Does one numbered request; throws `Refusal` for the reply's error code, `RangeError` for cut bytes. */
export function handleRequest(operation: number, reader: JuteReader, context: RequestContext): Outcome {
  const { tree, watches, identities } = context;
  switch (operation) {
    case operations.create:
    case operations.create2:
    case operations.createContainer:
      return create(operation, reader, context);
    case operations.delete: {
      const request = { path: reader.string(), version: reader.int() };
      requireOn(context, parentOf(request.path), permissions.delete);
      return { changes: tree.remove(request) };
    }
    case operations.check:
      tree.check({ path: reader.string(), version: reader.int() });
      return {};
    case operations.multi:
      return runMulti(reader, { tree, run: (inner) => handleRequest(inner, reader, context) });
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
      requireOn(context, path, permissions.read);
      if (reader.boolean()) watches.watchData(path);
      return { body: (writer) => writeStat(writer.buffer(data), stat) };
    }
    case operations.setData: {
      const request = { path: reader.string(), data: reader.buffer(), version: reader.int() };
      requireOn(context, request.path, permissions.write);
      const changes = tree.setData({ ...request, now: context.now });
      const { stat } = tree.read(request.path);
      return { changes, body: (writer) => writeStat(writer, stat) };
    }
    case operations.getChildren:
    case operations.getChildren2: {
      const path = reader.string();
      const { children, stat } = tree.read(path);
      requireOn(context, path, permissions.read);
      if (reader.boolean()) watches.watchChildren(path);
      return {
        body: (writer) => {
          writer.vector(children, (child) => writer.string(child));
          if (operation === operations.getChildren2) writeStat(writer, stat);
        },
      };
    }
    case operations.getAcl: {
      const path = reader.string();
      const { stat } = tree.read(path);
      const acl = tree.acl(path);
      requireOn(context, path, permissions.read | permissions.admin);
      return {
        body: (writer) => {
          writeAcl(writer, { acl, identities });
          writeStat(writer, stat);
        },
      };
    }
    case operations.setAcl: {
      const path = reader.string();
      const acl = settleAcl(readAcl(reader), { identities, path });
      requireOn(context, path, permissions.admin);
      tree.setAcl({ path, acl, version: reader.int() });
      const { stat } = tree.read(path);
      return { body: (writer) => writeStat(writer, stat) };
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
  const asked = readAcl(reader);
  const mode = reader.int();
  const isContainer = operation === operations.createContainer && mode === containerMode;
  // Nodes with a time to live are not what schedulers use; a real server refuses them as well unless it is told otherwise.
  if (!isContainer && (mode < 0 || mode > flags.highest)) throw new Refusal(errors.unimplemented, path);
  const acl = settleAcl(asked, { identities: context.identities, path });
  const isEphemeral = !isContainer && (mode & flags.ephemeral) !== 0;
  if (path !== '/') requireOn(context, parentOf(path), permissions.create);
  const created = context.tree.create({
    path,
    data,
    acl,
    ephemeralOwner: isEphemeral ? context.session : 0n,
    sequential: !isContainer && (mode & flags.sequential) !== 0,
    now: context.now,
  });
  const { stat } = context.tree.read(created.path);
  return {
    changes: created.changes,
    body: (writer) => {
      writer.string(created.path);
      if (operation !== operations.create) writeStat(writer, stat);
    },
  };
}

/** Throws `Refusal`: no such node, or no such permission. */
function requireOn({ tree, identities }: RequestContext, path: string, permission: number): void {
  requirePermission(tree.acl(path), { permission, identities, path });
}

function writeStat(writer: JuteWriter, stat: Stat): void {
  writer
    .long(stat.czxid)
    .long(stat.mzxid)
    .long(BigInt(stat.ctime))
    .long(BigInt(stat.mtime))
    .int(stat.version)
    .int(stat.cversion)
    .int(stat.aversion)
    .long(stat.ephemeralOwner)
    .int(stat.dataLength)
    .int(stat.numChildren)
    .long(stat.pzxid);
}

import zookeeper from 'node-zookeeper-client';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';

/** True for the library's exception that says there is no such node. */
export function isNoNode(thrown: unknown): boolean {
  return codeOf(thrown) === zookeeper.Exception.NO_NODE;
}

/** True for the library's exception that says there is such a node already. */
export function isNodeExists(thrown: unknown): boolean {
  return codeOf(thrown) === zookeeper.Exception.NODE_EXISTS;
}

/** True for the library's exception that says the connection went while waiting: done or not, nobody knows. */
export function isConnectionLoss(thrown: unknown): boolean {
  return codeOf(thrown) === zookeeper.Exception.CONNECTION_LOSS;
}

/** What a person is told of a node that its ACL does not let us read; any other error as it is. */
export function translateNoAuth(thrown: unknown, node: { path: string; withDigest: boolean }): unknown {
  if (codeOf(thrown) !== zookeeper.Exception.NO_AUTH) return thrown;
  return new AuroraError({
    code: 'zookeeper-not-readable',
    message: `ZooKeeper answers but does not let the bot read ${node.path} (NO_AUTH).`,
    hint: node.withDigest
      ? "The digest credentials of this cluster's configuration are not those of the node's ACL: compare them with -zk_digest_credentials of the schedulers (getAcl shows who may read)."
      : "Put user:password of -zk_digest_credentials into a file and name it as zookeeper.digestCredentials of this cluster, or let world read in the node's ACL.",
    cause: thrown,
  });
}

/** The one error for a person when ZooKeeper cannot be asked, with the best reason we have. */
export function zookeeperUnreachable(facts: {
  servers: readonly string[];
  /** What a peer said that is not ZooKeeper's protocol, when that is what happened. */
  garbage: string | null;
  cause: unknown;
}): AuroraError {
  const servers = facts.servers.join(', ');
  const fields =
    facts.garbage === null
      ? {
          message: `ZooKeeper (${servers}) cannot be asked: ${messageOf(facts.cause)}.`,
          hint: 'Check that ZooKeeper runs and can be reached from this host. Schedulers may be alive: who leads is unknown.',
        }
      : {
          message: `The server at ${servers} does not speak ZooKeeper: ${facts.garbage}.`,
          hint: "Check the ZooKeeper addresses in this cluster's configuration; its client port is usually 2181.",
        };
  return new AuroraError({ code: errorCodes.zookeeperUnreachable, ...fields, cause: facts.cause });
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
}

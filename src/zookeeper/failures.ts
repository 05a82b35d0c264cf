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
          hint: 'Check that ZooKeeper runs and can be reached from this host. Schedulers may be alive: who leads is unknown, not nobody.',
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

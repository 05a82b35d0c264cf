import type { Replica } from '../../mesos/log/replica.ts';
import { fromWire, type ReplicaAnswer, type ReplicaRequest, toWire } from './replica-messages.ts';

/**
 * What one replica answers to its peers (and to its own coordinator), and what it writes down before it does.
 */
export function answerRequest(replica: Replica, request: ReplicaRequest): ReplicaAnswer {
  switch (request.type) {
    case 'look':
      return describe(replica, 'ok');
    case 'promise':
      if (replica.status !== 'VOTING') return describe(replica, 'ignored');
      if (request.proposal <= replica.promised) return describe(replica, 'rejected');
      replica.persistMetadata({ status: 'VOTING', promised: request.proposal });
      return describe(replica, 'ok');
    case 'write':
      if (replica.status !== 'VOTING') return describe(replica, 'ignored');
      if (request.proposal < replica.promised) return describe(replica, 'rejected');
      for (const action of request.actions) replica.persist(fromWire(action));
      return describe(replica, 'ok');
    case 'learn':
      for (const position of request.positions) {
        const action = replica.read(position);
        // What was performed under another proposal is not what was decided: the next election fills it.
        if (action && action.performed === request.proposal && !action.learned) {
          replica.persist({ ...action, learned: true });
        }
      }
      return describe(replica, 'ok');
    case 'fetch': {
      const actions = [];
      for (let position = request.from; position <= request.to; position++) {
        const action = replica.read(position);
        if (action) actions.push(toWire(action));
      }
      return { ...describe(replica, 'ok'), actions };
    }
  }
}

function describe(replica: Replica, answer: ReplicaAnswer['answer']): ReplicaAnswer {
  return {
    answer,
    status: replica.status,
    promised: replica.promised,
    begin: replica.begin,
    end: replica.end,
    blank: replica.end === 0 && replica.read(0) === null,
    actions: [],
  };
}

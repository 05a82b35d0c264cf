import type { Replica } from '../../mesos/log/replica.ts';
import { answerRequest } from './answer-request.ts';
import { answerSchema, type ReplicaAnswer, type ReplicaRequest } from './replica-messages.ts';

/**
 * Asks every replica of the log, this process's own one directly. Those that do not answer are simply not
 * there.
 */
export class Ensemble {
  readonly replica: Replica;
  readonly peers: readonly string[];

  /** `replicas` are `ip:port`; `self` among them is left out. */
  constructor(options: { replica: Replica; self: string; replicas: readonly string[] }) {
    this.replica = options.replica;
    this.peers = options.replicas.filter((address) => address !== options.self);
  }

  /** Answers in the order in which they come; ends when everybody has answered, failed, or `enough` says so. */
  async ask(
    request: ReplicaRequest,
    { timeoutMs, enough }: { timeoutMs: number; enough?: (answers: readonly ReplicaAnswer[]) => boolean },
  ): Promise<ReplicaAnswer[]> {
    const answers: ReplicaAnswer[] = [answerRequest(this.replica, request)];
    if (enough?.(answers) === true) {
      void Promise.all(this.peers.map((peer) => askPeer(peer, request, timeoutMs)));
      return answers;
    }
    await new Promise<void>((resolve) => {
      let open = this.peers.length;
      if (open === 0) resolve();
      for (const peer of this.peers) {
        void askPeer(peer, request, timeoutMs).then((answer) => {
          if (answer) answers.push(answer);
          open--;
          if (open === 0 || enough?.(answers) === true) resolve();
        });
      }
    });
    return [...answers];
  }

  async askOne(peer: string, request: ReplicaRequest, timeoutMs: number): Promise<ReplicaAnswer | null> {
    return askPeer(peer, request, timeoutMs);
  }
}

async function askPeer(
  peer: string,
  request: ReplicaRequest,
  timeoutMs: number,
): Promise<ReplicaAnswer | null> {
  try {
    const response = await fetch(`http://${peer}/drill/replica`, {
      method: 'POST',
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerSchema.parse(await response.json());
  } catch {
    return null;
  }
}

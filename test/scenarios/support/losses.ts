/** What can be lost, how, and how it comes back. */
import type { PretendCluster, PretendHost } from '../../restore/support/pretend-cluster.ts';
import type { PretendEngine } from '../../restore/support/pretend-engine.ts';

export type Loss = 'agent' | 'host' | 'ZooKeeper' | 'Mesos' | 'Slack';

interface Losing {
  readonly lose: (on: Lost) => void;
  readonly mend: (on: Lost) => void;
}

interface Lost {
  readonly engine: PretendEngine;
  readonly cluster: PretendCluster;
  readonly host: PretendHost;
}

export const losses: Readonly<Record<Loss, Losing>> = {
  agent: {
    lose: ({ host }) => {
      host.agentUp = false;
    },
    mend: ({ host }) => {
      host.agentUp = true;
    },
  },
  /** Without power: its agent and its scheduler are gone. Back, its agent answers, and nothing starts the scheduler. */
  host: {
    lose: ({ cluster, host }) => {
      host.agentUp = false;
      cluster.stop(host);
    },
    mend: ({ host }) => {
      host.agentUp = true;
    },
  },
  ZooKeeper: {
    lose: ({ cluster }) => {
      cluster.zookeeperUp = false;
    },
    mend: ({ cluster }) => {
      cluster.zookeeperUp = true;
    },
  },
  Mesos: {
    lose: ({ cluster }) => {
      cluster.mesosUp = false;
    },
    mend: ({ cluster }) => {
      cluster.mesosUp = true;
    },
  },
  Slack: {
    lose: ({ engine }) => {
      engine.people.up = false;
    },
    mend: ({ engine }) => {
      engine.people.up = true;
    },
  },
};

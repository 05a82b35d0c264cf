/** What the bot depends on goes away and comes back: ZooKeeper, Slack, the Mesos master. */
import type { Fault } from './fault.ts';

/** Forty seconds of the real world, at the length that sessions have here. */
const zookeeperAwayMs = 8_000;
const slackAwayMs = 6_000;
const mesosAwayMs = 6_000;
/** From the moment at which it is gone until somebody asks for a reconciliation. */
const untilAskedMs = 10_000;

export const zookeeperAway: Fault = {
  name: 'zookeeper-away',
  what: `ZooKeeper is gone for ${zookeeperAwayMs / 1_000} s, longer than two sessions last here.`,
  usually: 'find-elected',
  run: async ({ world, clock, signal }) => {
    world.zookeeper.pause({ drop: true });
    try {
      await clock.sleep(zookeeperAwayMs, signal);
    } finally {
      world.zookeeper.resume();
    }
    return `ZooKeeper was gone for ${zookeeperAwayMs / 1_000} s.`;
  },
};

export const slackAway: Fault = {
  name: 'slack-away',
  what: `Slack takes no calls and delivers nothing for ${slackAwayMs / 1_000} s.`,
  usually: 'set-aside-log',
  run: async ({ world, clock, signal }) => {
    world.slack.setDown(true);
    try {
      await clock.sleep(slackAwayMs, signal);
    } finally {
      world.slack.setDown(false);
    }
    return `Slack was away for ${slackAwayMs / 1_000} s.`;
  },
};

export const mesosAway: Fault = {
  name: 'mesos-away',
  what: `The Mesos master takes no connections for ${mesosAwayMs / 1_000} s.`,
  usually: 'start-restored-schedulers',
  run: async ({ world, clock, signal }) => {
    world.mesos.setAway(true);
    try {
      await clock.sleep(mesosAwayMs, signal);
    } finally {
      world.mesos.setAway(false);
    }
    return `The Mesos master was away for ${mesosAwayMs / 1_000} s.`;
  },
};

export const masterRestarts: Fault = {
  name: 'master-restarts',
  what: `The Mesos master restarts when both reconciliations are asked for, and is gone for ${mesosAwayMs / 1_000} s from then on: schedulers count them and nothing happens.`,
  usually: 'unblock-traffic',
  onlyAt: ['unblock-traffic', 'release-reconciliation', 'soak'],
  run: async ({ world, clock, signal, untilMoment }) => {
    world.mesos.setAway(true);
    try {
      const asked = untilMoment(['release-reconciliation', 'soak', 'restore-ended']);
      await Promise.race([asked, clock.sleep(untilAskedMs, signal)]);
      await clock.sleep(mesosAwayMs, signal);
    } finally {
      world.mesos.setAway(false);
    }
    return 'The Mesos master was restarted.';
  },
};

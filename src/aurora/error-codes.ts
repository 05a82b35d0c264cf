import { AuroraError } from './errors.ts';

/** Codes that somebody decides by: who throws and who asks name the same constant. All others are for people, logs and tests. */
export const errorCodes = Object.freeze({
  /** The journal has gone on since it was read: read it and decide again. */
  journalMoved: 'journal-moved',
  leaseLost: 'lease-lost',
  /** The database server cannot be reached, or takes no work now: the same is asked again. */
  databaseAway: 'database-away',
  clusterBusy: 'cluster-busy',
  waitedTooLong: 'waited-too-long',
  registeredTooEarly: 'registered-too-early',
  /** Also of the event by which a restore begins once more. */
  commitNotApplied: 'commit-not-applied',
  zookeeperUnreachable: 'zookeeper-unreachable',
  mesosUnreachable: 'mesos-unreachable',
  /** A Mesos master takes no credentials, or wrong ones: asking again changes nothing. */
  mesosUnauthorized: 'mesos-unauthorized',
  peopleUnknown: 'people-unknown',
  /** The same, and Slack answered nothing at all: it is down, or cannot be reached. */
  slackSilent: 'slack-silent',
  /** The roster of people's keys cannot be read: no signature counts for as long. */
  rosterUnread: 'roster-unread',
  /** A scheduler took no credentials, or wrong ones. */
  httpUnauthorized: 'http-unauthorized',
  /** A scheduler knows who asks, and that is not allowed. */
  rpcAuthFailed: 'rpc-auth-failed',
});

type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

export function hasCode<C extends ErrorCode>(
  error: unknown,
  code: C,
): error is AuroraError & { readonly code: C } {
  return error instanceof AuroraError && error.code === code;
}

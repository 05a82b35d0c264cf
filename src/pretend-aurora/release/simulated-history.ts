import type { Differences } from '../../aurora/release-history.ts';
import type { SimulatedTraits } from './simulated-traits.ts';

const pagesOfOldest = [
  '/cron',
  '/locks',
  '/maintenance',
  '/mname',
  '/offers',
  '/pendingtasks',
  '/quotas',
  '/slaves',
  '/utilization',
];
const pathsOf010 = ['/api', ...pagesOfOldest];
const pathsOf014 = ['/agents', ...pathsOf010];
const pathsOf015 = [...pathsOf014.filter((path) => path !== '/locks'), '/tiers'];
const pathsOf018 = [...pathsOf015, '/assets/scheduler', '/state'];

/**
 * Taken from the release tags and from running 0.9.0, 0.12.0, 0.17.0, 0.20.0 and 0.23-SNAPSHOT (aurora-versions.md;
 * test/fixtures/releases). What only a run has shown is dated to the oldest release that showed it.
 */
export const simulatedHistory: Differences<SimulatedTraits> = {
  oldest: {
    namesApiVersion: true,
    mediaTypes: 'ignored',
    redirect: { paths: ['/apibeta', ...pagesOfOldest], withoutLeader: 'serves', bypass: false },
    electionNodes: 'singleton-candidate',
    refusesStrayWords: true,
    backsUpUnready: true,
    namesMissingBackup: 'by-id',
    decodeFailure:
      'org.apache.aurora.codec.ThriftBinaryCodec$CodingException: Failed to deserialize thrift object.',
    repliesToCommit: false,
    endsAfterCommit: 'always',
    advertisesWhileDying: true,
    taskResources: 'scalars',
    quotaResources: 'scalars',
    leavesOut: 'executor',
    countsDedicatedQuota: false,
    repeatsJobKey: true,
    buildDetails: 'fields',
    snapshotParts: { jobUpdates: false, locks: true, dbScript: false, maintenanceRequests: false },
    countsPartitions: false,
    pages: 'jetty-7',
    answersInDeadlock: false,
    countsStorageStarts: false,
  },
  changes: [
    {
      minor: 6,
      change: {
        snapshotParts: { jobUpdates: true, locks: true, dbScript: false, maintenanceRequests: false },
      },
    },
    {
      minor: 10,
      change: {
        redirect: { paths: pathsOf010, withoutLeader: 'serves', bypass: false },
        countsDedicatedQuota: true,
        buildDetails: 'map',
      },
    },
    { minor: 11, change: { namesApiVersion: false } },
    {
      minor: 12,
      change: {
        redirect: { paths: pathsOf010, withoutLeader: 'refuses', bypass: true },
        repliesToCommit: true,
        answersInDeadlock: true,
        advertisesWhileDying: false,
      },
    },
    {
      minor: 13,
      change: {
        repeatsJobKey: false,
        snapshotParts: { jobUpdates: true, locks: true, dbScript: true, maintenanceRequests: false },
      },
    },
    {
      minor: 14,
      change: {
        redirect: { paths: pathsOf014, withoutLeader: 'refuses', bypass: true },
        taskResources: 'both',
        quotaResources: 'both',
      },
    },
    { minor: 15, change: { redirect: { paths: pathsOf015, withoutLeader: 'refuses', bypass: true } } },
    { minor: 16, change: { mediaTypes: 'exact', electionNodes: 'latch' } },
    {
      minor: 17,
      change: {
        electionNodes: 'lock',
        refusesStrayWords: false,
        pages: 'jetty-9',
        countsStorageStarts: true,
      },
    },
    { minor: 18, change: { redirect: { paths: pathsOf018, withoutLeader: 'refuses', bypass: true } } },
    {
      minor: 19,
      change: {
        refusesStrayWords: true,
        snapshotParts: { jobUpdates: true, locks: true, dbScript: false, maintenanceRequests: false },
      },
    },
    {
      minor: 20,
      change: {
        mediaTypes: 'charset',
        backsUpUnready: false,
        namesMissingBackup: 'by-path',
        decodeFailure: 'org.apache.thrift.transport.TTransportException',
        endsAfterCommit: 'without-webhook',
        taskResources: 'set',
        snapshotParts: { jobUpdates: true, locks: false, dbScript: false, maintenanceRequests: false },
        countsPartitions: true,
        pages: 'utf-8',
      },
    },
    {
      minor: 21,
      change: {
        endsAfterCommit: 'when-active',
        leavesOut: 'executor-data',
        quotaResources: 'set',
        snapshotParts: { jobUpdates: true, locks: false, dbScript: false, maintenanceRequests: true },
      },
    },
  ],
};

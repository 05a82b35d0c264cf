import type { Differences } from '../../aurora/release-history.ts';
import type { SimulatedTraits } from './simulated-traits.ts';

/**
 * Taken from the release tags and from running 0.9.0, 0.12.0, 0.17.0, 0.20.0 and 0.23-SNAPSHOT (aurora-versions.md;
 * test/fixtures/releases). What only a run has shown is dated to the oldest release that showed it.
 */
export const simulatedHistory: Differences<SimulatedTraits> = {
  oldest: {
    namesApiVersion: true,
    mediaTypes: 'ignored',
    redirects: 'never',
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
    repeatsJobKey: true,
    buildDetails: 'fields',
    snapshotParts: { jobUpdates: false, locks: true, dbScript: false, maintenanceRequests: false },
    countsPartitions: false,
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
        redirects: 'while-led',
        buildDetails: 'map',
      },
    },
    { minor: 11, change: { namesApiVersion: false } },
    {
      minor: 12,
      change: {
        redirects: 'always',
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
        taskResources: 'both',
        quotaResources: 'both',
      },
    },
    { minor: 16, change: { mediaTypes: 'exact', electionNodes: 'latch' } },
    {
      minor: 17,
      change: {
        electionNodes: 'lock',
        refusesStrayWords: false,
        countsStorageStarts: true,
      },
    },
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

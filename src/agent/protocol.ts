/** The agent's HTTP API as schemas: both sides parse with these, and the OpenAPI document is made of them. */
import { z } from 'zod';
import { type BackupFile, backupReportSchema, type KnownBackups } from '../aurora/backups.ts';
import { heldCopySchema } from '../aurora/errands.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import { backupProofSchema, proveStatusSchema } from '../aurora/proof.ts';
import { intents } from '../aurora/statement.ts';

/** What every refusal and failure looks like, with an HTTP status of 400 or above. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('Stable, kebab-case.'),
      message: z.string(),
      hint: z.string().describe('The next step for the person who reads it.'),
      details: z.record(z.string(), z.unknown()).describe('For `grant-refused`: `rule`.'),
    }),
  })
  .meta({ id: 'Error', description: 'A refusal or a failure, for a person.' });

const movedPathSchema = z.object({
  path: z.string().describe('As configured.'),
  real: z.string().nullable().describe('With links followed; null when nothing is there.'),
  movable: z.boolean().describe('It can be renamed where it is.'),
  obstacle: z.object({ why: z.string(), remedy: z.string() }).exactOptional().describe('Why not.'),
});

export const statusSchema = z
  .object({
    host: z.string(),
    agentVersion: z.string(),
    auroraVersion: z.string(),
    clockMs: z.number(),
    scheduler: z.object({
      service: z.enum(['running', 'stopped']),
      pid: z.number().nullable(),
      httpPortOpen: z.boolean(),
      libprocessPortOpen: z.boolean(),
      logLockHeld: z.boolean(),
      restarts: z
        .number()
        .nullable()
        .exactOptional()
        .describe('By the service manager itself, since somebody started it; null when it does not count.'),
      instance: z
        .string()
        .nullable()
        .exactOptional()
        .describe('Names this very process; opaque. Null when nothing runs or it cannot be told.'),
      processFlags: z
        .record(z.string(), z.string())
        .nullable()
        .exactOptional()
        .describe('What this process was started with; null when it cannot be told.'),
    }),
    log: z.object({ exists: z.boolean(), files: z.number(), bytes: z.number() }),
    setAsideLogs: z
      .array(z.object({ restoreId: z.string(), files: z.number(), bytes: z.number() }))
      .readonly()
      .exactOptional(),
    flags: z.object({
      sha256: z.string(),
      values: z.record(z.string(), z.string()),
      faults: z
        .array(z.object({ flag: z.string(), says: z.string() }))
        .readonly()
        .exactOptional()
        .describe('What only the host can say against them: hidden values, and files that they name.'),
    }),
    traffic: z.enum(['open', 'blocked', 'not-managed']),
    trafficBlockedAgainAt: z
      .number()
      .nullable()
      .exactOptional()
      .describe('When the agent last found it open without a grant and blocked it again; null for never.'),
    mesosLog: z.object({ present: z.boolean() }),
    recoveryTool: z.object({ present: z.boolean() }).exactOptional(),
    disk: z.object({
      freeBytes: z.number().describe('Beside the log.'),
      backupsFreeBytes: z.number().exactOptional(),
      heldFreeBytes: z.number().exactOptional().describe('Where held backups are kept.'),
      fileSystems: z
        .array(
          z.object({
            places: z.array(z.enum(['log', 'backups', 'state', 'flags'])).readonly(),
            freeBytes: z.number(),
            freeFiles: z.number().nullable().describe('Null where there is no limit.'),
          }),
        )
        .readonly()
        .exactOptional()
        .describe('What a restore writes to; one entry for what shares its room.'),
    }),
    paths: z
      .object({
        roots: z.array(z.string()).readonly().describe('Nothing outside these directories is changed.'),
        log: movedPathSchema,
        flags: movedPathSchema,
        backups: z.object({ path: z.string(), real: z.string().nullable() }),
      })
      .exactOptional(),
    configured: z
      .object({ cluster: z.string(), httpPort: z.number(), libprocess: z.string() })
      .exactOptional()
      .describe("By the agent's own configuration."),
    authentication: z.object({ credentials: z.boolean() }).exactOptional(),
    lastGrant: z
      .object({
        restoreId: z.string(),
        fence: z.number(),
        journal: z.object({ seq: z.number(), hash: z.string() }).exactOptional(),
      })
      .nullable()
      .exactOptional()
      .describe('What the newest grant said that was taken; null when none ever was.'),
    people: z
      .object({
        mode: z.enum(['off', 'observe', 'require']),
        rosterHash: z.string().nullable(),
        fault: z.string().exactOptional().describe('Why the roster cannot be read.'),
        refused: z
          .array(
            z.object({
              at: z.number(),
              operationId: z.string(),
              restoreId: z.string(),
              rule: z.string(),
              says: z.string(),
            }),
          )
          .readonly()
          .describe('What was refused for want of signatures, or would have been.'),
        verified: z
          .array(
            z.object({
              at: z.number(),
              operationId: z.string(),
              restoreId: z.string(),
              intent: z.enum(intents),
              proofs: z.number(),
            }),
          )
          .readonly()
          .describe("What began on people's signatures."),
      })
      .exactOptional(),
    grants: z
      .object({
        trustedKeys: z
          .array(z.string())
          .readonly()
          .exactOptional()
          .describe('Public keys, base64 SPKI: grants that another key has signed are refused.'),
        clockSkewMs: z.number(),
        epoch: z.string().exactOptional().describe('Of the journal; grants name it.'),
        store: z
          .object({ name: z.string(), incarnation: z.string().nullable(), at: z.number() })
          .nullable()
          .exactOptional()
          .describe("The bot's database that this host works for; null: whichever comes first."),
        highestFence: z.number().exactOptional(),
        highestRestore: z.number().exactOptional().describe('Of all names that it has ever worked for.'),
      })
      .exactOptional(),
    prove: proveStatusSchema
      .nullable()
      .exactOptional()
      .describe('How this host proves backups; null when it does not.'),
    backupDir: z.object({ path: z.string(), writable: z.boolean(), files: z.number() }),
    vars: z.record(z.string(), z.union([z.number(), z.string()])).nullable(),
    leaderHealth: z.number().nullable(),
  })
  .meta({ id: 'HostStatus' }) satisfies z.ZodType<HostStatus>;

export const backupFileSchema = z
  .object({
    name: z.string(),
    bytes: z.number(),
    mtimeMs: z.number(),
    report: backupReportSchema,
    proof: backupProofSchema
      .exactOptional()
      .describe('What giving it to a scheduler of this host has shown.'),
  })
  .meta({ id: 'BackupFile' }) satisfies z.ZodType<BackupFile>;

/** `null`: nothing is staged. */
export const stagedSchema = z.object({
  staged: z
    .object({ digest: z.string(), tasks: z.number() })
    .nullable()
    .describe('Of the tasks as people sign them; null when nothing is staged.'),
});

/** Whoever asks without `known=now` gets a report on each. */
const listedBackupSchema = backupFileSchema
  .extend({
    report: backupReportSchema.exactOptional(),
    reading: z.literal(true).exactOptional().describe('It has still to be decoded; there is no report yet.'),
  })
  .meta({ id: 'ListedBackup' });

export const backupListSchema = z.object({ backups: z.array(listedBackupSchema).readonly() });

export const heldCopiesSchema = z.object({ copies: z.array(heldCopySchema).readonly() });
const unreadBackupSchema = backupFileSchema.omit({ report: true }).extend({ reading: z.literal(true) });
const knownListSchema = z.object({
  backups: z.array(z.union([backupFileSchema, unreadBackupSchema])).readonly(),
});

/** The two kinds apart. Throws ZodError for one that is neither read nor being read. */
export function parseKnownBackups(body: unknown): KnownBackups {
  const { backups } = knownListSchema.parse(body);
  return {
    files: backups.filter((one) => 'report' in one),
    reading: backups.filter((one) => 'reading' in one),
  };
}

/** Of an agent that was asked to wait: each has a report. */
export function parseBackupList(body: unknown): readonly BackupFile[] {
  return z.object({ backups: z.array(backupFileSchema).readonly() }).parse(body).backups;
}

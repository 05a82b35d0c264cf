/**
 * What is handed in and what comes out. A job is one line of JSON, followed by the bytes of the backup, on standard input, which then
 * stays open: its end says that whoever asked is gone. The answer is one line of JSON.
 */
import { z } from 'zod';
import { backupNameSchema, sha256Schema } from '../../aurora/name-schemas.ts';

const command = z.object({
  argv: z.array(z.string()).min(1).readonly(),
  env: z.record(z.string(), z.string()).readonly(),
});

export const proofWaySchema = z.enum(['staged', 'recovery-tool']);
export type ProofWay = z.infer<typeof proofWaySchema>;

export const jobSchema = z
  .object({
    version: z.literal(1),
    ways: z.array(proofWaySchema).min(1).readonly(),
    auroraVersion: z.string(),
    backup: z.object({ name: backupNameSchema, bytes: z.number().int().min(0), sha256: sha256Schema }),
    /** What the place must be like, or nothing starts. */
    place: z.object({
      uid: z.number().int().min(1),
      gid: z.number().int().min(1),
      /** Of the host: the one that it must not be, as `readlink /proc/self/ns/net` has it. */
      hostNetwork: z.string(),
      /** Directories of the cluster's storage and the agent's state, which must be out of reach. */
      hidden: z.array(z.string()).readonly(),
      scratch: z.string(),
    }),
    scheduler: command,
    initializeLog: command,
    recoveryTool: command.nullable(),
    flags: z.record(z.string(), z.string()).readonly(),
    bounds: z.object({
      totalMs: z.number(),
      startMs: z.number(),
      aliveMs: z.number(),
    }),
  })
  .readonly();

export type Job = z.infer<typeof jobSchema>;

export const findingSchema = z
  .object({
    way: proofWaySchema,
    verdict: z.enum(['proven', 'refuted', 'unknown']),
    says: z.string().max(1_000),
    tasks: z.number().nullable(),
    tookMs: z.number(),
    /** The end of what the programs said, where that helps. */
    tail: z.string().max(8_000),
  })
  .readonly();

/** What one way has shown. */
export type ProofFinding = z.infer<typeof findingSchema>;

export const answerSchema = z.object({ findings: z.array(findingSchema).max(2).readonly() });

/** Name and password for the scheduler's Basic authentication; the password stays in a file of its own. */
import { readFile } from 'node:fs/promises';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { AgentConfig } from './config.ts';

export interface SchedulerCredentials {
  readonly username: string;
  readonly password: string;
}

/** `null` when none are configured; AuroraError `config-invalid` when the file cannot be read. */
export async function readCredentials(
  configured: AgentConfig['scheduler']['credentials'],
): Promise<SchedulerCredentials | null> {
  if (configured === undefined) return null;
  try {
    const text = await readFile(configured.passwordFile, 'utf8');
    return { username: configured.username, password: text.replace(/\r?\n$/, '') };
  } catch (error) {
    throw new AuroraError({
      code: 'config-invalid',
      message: `scheduler.credentials.passwordFile cannot be read: ${messageOf(error)}.`,
      hint: "Put the scheduler's password into that file, readable by the agent only.",
      cause: error,
    });
  }
}

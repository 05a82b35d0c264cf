/** A scheduler under a service manager of before systemd. */
import { z } from 'zod';
import { absolutePath } from './absolute-path.ts';

const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be a name such as aurora-scheduler');

export const upstartSchema = z.strictObject({
  kind: z.literal('upstart'),
  job: serviceName,
  initctl: absolutePath.default('/sbin/initctl'),
  /** Where the job's `.conf` is, and its `.override` goes. */
  jobDirectory: absolutePath.default('/etc/init'),
});

export const sysvinitSchema = z.strictObject({
  kind: z.literal('sysvinit'),
  script: serviceName,
  scriptDirectory: absolutePath.default('/etc/init.d'),
  /** Where the script writes the pid of the scheduler. Without it the script's `status` is asked. */
  pidFile: absolutePath.optional(),
});

export type Upstart = z.infer<typeof upstartSchema>;
export type Sysvinit = z.infer<typeof sysvinitSchema>;

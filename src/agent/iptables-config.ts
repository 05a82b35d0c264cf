/** How traffic is blocked where there is no nftables; in the configuration, and in what a boot goes by. */
import { z } from 'zod';
import { absolutePath } from './absolute-path.ts';

export const iptablesSchema = z.strictObject({
  kind: z.literal('iptables'),
  /** A chain of its own in the table `filter`: nothing else may live in it. The kernel takes 28 characters. */
  chain: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,27}$/, 'must be the name of a chain')
    .refine((name) => !['INPUT', 'FORWARD', 'OUTPUT'].includes(name), 'must not be a chain of the kernel')
    .default('AURORA_CHATOPS'),
  /** Which of them, where a host has both: their rules do not know of each other. */
  program: z.enum(['iptables', 'iptables-legacy', 'iptables-nft']).default('iptables'),
  /** Where they are: `/sbin` on older Debian and Ubuntu. */
  directory: absolutePath.default('/usr/sbin'),
  /** `false` only on a host without IPv6. */
  ipv6: z.boolean().default(true),
});

export type Iptables = z.infer<typeof iptablesSchema>;

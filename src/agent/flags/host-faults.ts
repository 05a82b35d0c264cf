import { isSecretFlag } from '../../aurora/flag-kinds.ts';
import { hideSecrets } from '../../aurora/hidden.ts';
import { judgeFlags } from '../../aurora/judge-flags.ts';
import type { FlagValues } from './flag-grammar.ts';
import { type FileFault, type FlagHost, judgeNamedFiles } from './named-files.ts';

/**
 * What only this host can say against its flag file: values that do not leave it, and files that they name. Whoever sees the
 * other values judges those.
 */
export async function findHostFaults(config: FlagHost, values: FlagValues): Promise<readonly FileFault[]> {
  const secrets = Object.fromEntries(Object.entries(values).filter(([flag]) => isSecretFlag(flag)));
  const faults = [
    ...judgeFlags(config.auroraVersion, secrets).map(({ flag, says }) => ({ flag, says })),
    ...(await judgeNamedFiles(config, values)),
  ];
  return faults.map(({ flag, says }) => ({ flag, says: hideSecrets(says) }));
}

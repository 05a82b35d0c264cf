import type { ReleaseExchange } from '../../../thrift/recorded-exchanges.ts';

/** The parts of a release's session that two schedulers took part in. */
export function isOfTwoHosts({ name }: ReleaseExchange): boolean {
  return /^(recovery-mode|after-commit|normal-mode|standby)-|^commitRecovery-ACTIVE-with-standby/.test(name);
}

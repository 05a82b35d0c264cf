/** All scenarios, in the order of the page. */
import { choosing } from './choosing.ts';
import { committingGroup } from './committing.ts';
import { deciding } from './deciding.ts';
import { everyProcedure } from './every-procedure.ts';
import { foreignHands } from './foreign-hands.ts';
import { hanging } from './hanging.ts';
import { losingWhilePutBack } from './losing/while-put-back.ts';
import { losingWhileRestoring } from './losing/while-restoring.ts';
import { measuredFaults } from './measured-faults.ts';
import { atEachWriteGroup } from './replicas/at-each-write.ts';
import { replicas } from './replicas/replicas.ts';
import { severalClusters } from './several-clusters.ts';
import { sourceReboots } from './source-reboots.ts';
import type { Group } from './support/scenario.ts';
import { whilePeopleLook } from './while-people-look.ts';

export const groups: readonly Group[] = [
  deciding,
  everyProcedure,
  choosing,
  foreignHands,
  hanging,
  whilePeopleLook,
  committingGroup,
  measuredFaults,
  severalClusters,
  replicas,
  ...losingWhileRestoring,
  losingWhilePutBack,
  sourceReboots,
  atEachWriteGroup,
];

import { tell } from '../support/scenario.ts';
import { killedReplicas } from './at-each-write.ts';

tell(killedReplicas);

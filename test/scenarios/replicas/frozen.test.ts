import { tell } from '../support/scenario.ts';
import { frozenReplicas } from './at-each-write.ts';

tell(frozenReplicas);

import { tell } from '../support/scenario.ts';
import { replicas } from './replicas.ts';

tell(replicas);

import { tell } from '../support/scenario.ts';
import { losingWhileStaged } from './while-restoring.ts';

tell(losingWhileStaged);

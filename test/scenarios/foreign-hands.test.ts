import { foreignHands } from './foreign-hands.ts';
import { tell } from './support/scenario.ts';

tell(foreignHands);

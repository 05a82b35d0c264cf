import { choosing } from './choosing.ts';
import { tell } from './support/scenario.ts';

tell(choosing);

import { hanging } from './hanging.ts';
import { tell } from './support/scenario.ts';

tell(hanging);

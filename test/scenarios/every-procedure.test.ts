import { everyProcedure } from './every-procedure.ts';
import { tell } from './support/scenario.ts';

tell(everyProcedure);

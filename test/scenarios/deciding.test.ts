import { deciding } from './deciding.ts';
import { tell } from './support/scenario.ts';

tell(deciding);

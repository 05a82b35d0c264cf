import { tell } from './support/scenario.ts';
import { whilePeopleLook } from './while-people-look.ts';

tell(whilePeopleLook);

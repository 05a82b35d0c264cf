import { tell } from '../support/scenario.ts';
import { losingWhilePutBack } from './while-put-back.ts';

tell(losingWhilePutBack);

import { tell } from '../support/scenario.ts';
import { losingWhileRestoring } from './while-restoring.ts';

losingWhileRestoring.forEach(tell);

import { tell } from '../support/scenario.ts';
import { losingWithTool } from './while-restoring.ts';

tell(losingWithTool);

import { sourceReboots } from './source-reboots.ts';
import { tell } from './support/scenario.ts';

tell(sourceReboots);

import { measuredFaults } from './measured-faults.ts';
import { tell } from './support/scenario.ts';

tell(measuredFaults);

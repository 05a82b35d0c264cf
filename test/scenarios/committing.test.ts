import { committingGroup } from './committing.ts';
import { tell } from './support/scenario.ts';

tell(committingGroup);

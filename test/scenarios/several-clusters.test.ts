import { severalClusters } from './several-clusters.ts';
import { tell } from './support/scenario.ts';

tell(severalClusters);

/** What `npm pack` and `npm publish` do last. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './locked-packages.ts';

rmSync(join(checkout, 'npm-shrinkwrap.json'), { force: true });

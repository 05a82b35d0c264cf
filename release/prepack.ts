/** What `npm pack` and `npm publish` do first: everything in the package that is not in the repository is made here. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceList } from './licences.ts';
import { checkout, heldVersions, readLockFile } from './locked-packages.ts';
import { billOfMaterials } from './sbom.ts';

const lock = readLockFile();
const dist = join(checkout, 'dist');
rmSync(dist, { recursive: true, force: true }); // what a build of before has left
execFileSync('npm', ['run', '--silent', 'build'], { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] });
writeFileSync(join(dist, 'LICENCES.md'), licenceList());
writeFileSync(join(dist, 'sbom.cdx.json'), billOfMaterials());
// Last: while it is there npm reads it and not package-lock.json. release/postpack.ts takes it away.
writeFileSync(join(checkout, 'npm-shrinkwrap.json'), `${JSON.stringify(heldVersions(lock), null, 2)}\n`);

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldVersions, readLockFile } from './locked-packages.ts';

interface CycloneDx {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string } };
}

/**
 * The bill of materials in CycloneDX, as `npm sbom` (npm 10.1 and newer) makes it of the versions that the package holds. Not with
 * `--omit=dev` of the whole lock file: that leaves out what tools use as well (seen of npm 11.19: zod and 24 others). Without its moment
 * and its random number, which the format does not ask for: the same input gives the same bytes.
 */
export function billOfMaterials(): string {
  const held = heldVersions(readLockFile());
  const apart = mkdtempSync(join(tmpdir(), 'aurora-sbom-'));
  try {
    writeFileSync(join(apart, 'package.json'), JSON.stringify(held.packages['']));
    writeFileSync(join(apart, 'package-lock.json'), JSON.stringify(held));
    const words = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
    const said = execFileSync('npm', words, { cwd: apart, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
    const bill = JSON.parse(said) as CycloneDx;
    delete bill.serialNumber;
    delete bill.metadata.timestamp;
    bill.metadata.component.name = held.name; // npm takes the directory's
    return `${JSON.stringify(bill, null, 2)}\n`;
  } finally {
    rmSync(apart, { recursive: true });
  }
}

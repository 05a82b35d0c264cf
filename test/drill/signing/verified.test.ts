/** What the last line of a drill says of signatures, read from audit logs as agents leave them. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/agent/audit-entry.ts';
import type { RunningHost } from '../../../src/drill/hosts/drill-hosts.ts';
import { readVerified } from '../../../src/drill/signing/verified.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aurora-verified-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const line = (operation: object, decision: AuditEntry['decision'] = 'granted'): string =>
  `${JSON.stringify({ decision, operation })}\n`;

function hostWith(name: string, ...lines: readonly string[]): RunningHost {
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, name, 'audit.jsonl'), lines.join(''));
  return { name, paths: { held: join(directory, name, 'held') } } as unknown as RunningHost;
}

it('counts the fewest signatures of any host, of this restore alone, and nothing that was refused', () => {
  const hosts = [
    hostWith(
      'aurora-1',
      line({ restoreId: 'R1', proven: 'stop', proofs: 2 }),
      line({ restoreId: 'R1', proven: 'commit', proofs: 3 }),
      line({ restoreId: 'R2', proven: 'commit', proofs: 1 }),
      line({ restoreId: 'R1', proofs: 0 }),
    ),
    hostWith(
      'aurora-2',
      line({ restoreId: 'R1', proven: 'stop', proofs: 1 }),
      line({ restoreId: 'R1', proven: 'commit', proofs: 2 }),
      line({ restoreId: 'R1', proven: 'go-back', proofs: 2 }, 'refused'),
    ),
  ];
  appendFileSync(join(directory, 'aurora-2', 'audit.jsonl'), '{"decision":"granted","operation":{"rest');

  expect(Object.fromEntries(readVerified(hosts, 'R1'))).toEqual({ stop: 1, commit: 2 });
});

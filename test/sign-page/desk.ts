/** The page over real HTTP, in front of a real service whose restore waits at its commit gate and asks for signatures. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../src/aurora/cluster.ts';
import type { Statement } from '../../src/aurora/statement.ts';
import { listenForSigners } from '../../src/cli/sign-server.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createSignLinks, type SignLinks } from '../../src/sign-page/link.ts';
import { createSignPage } from '../../src/sign-page/sign-page.ts';
import { openRosterFile } from '../../src/signing/roster-file.ts';
import { type Office, openOffice } from '../restore/support/office.ts';
import { startedAt, untilCommitGate } from '../restore/support/story.ts';
import { statementWith } from '../signing/statements.ts';

export const commitDigest = 'c1'.repeat(32);
export const statement: Statement = statementWith({
  digest: commitDigest,
  issuedAt: startedAt,
  expiresAt: startedAt + 12 * 3_600_000,
});

export interface Desk {
  readonly office: Office;
  readonly links: SignLinks;
  /** `http://localhost:…` */
  readonly url: string;
  /** What the roster says from now on, below its relying party. */
  writeRoster(people: string, origins?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(signatures: Policy['signatures'] = 'require'): Promise<Desk> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-desk-'));
  const path = join(directory, 'people.yaml');
  const roster = openRosterFile(path);
  const office = await openOffice(signed(signatures), ':memory:', roster);
  let page: ReturnType<typeof createSignPage> = () => Promise.resolve();
  const server = await listenForSigners((request, response) => page(request, response), {
    host: '127.0.0.1',
    port: 0,
  });
  const url = `http://localhost:${server.port}`;
  const { clock, service, people } = office;
  const links = createSignLinks({ key: new Uint8Array(32), clock, place: { publicUrl: url, page: null } });
  page = createSignPage({ links, service, signatures: roster, people, clock, log: () => undefined });
  const writeRoster: Desk['writeRoster'] = async (list, origins = []) => {
    const party = `relyingParty: { id: localhost, origins: ${JSON.stringify([url, ...origins])} }`;
    await writeFile(path, `${party}\npeople:\n${list}\n`);
  };
  await writeRoster('  []');
  return {
    office,
    links,
    url,
    writeRoster,
    close: async () => {
      await server.close();
      await office.close();
      await rm(directory, { recursive: true });
    },
  };
}

function signed(signatures: Policy['signatures']): readonly RestoreEvent[] {
  const events = untilCommitGate({ policy: signatures === undefined ? {} : { signatures } }).map(
    (event): RestoreEvent =>
      event.type === 'gate-opened' && event.gate === 'commit' ? { ...event, statement } : event,
  );
  return JSON.parse(JSON.stringify(events).replaceAll('"c1"', `"${commitDigest}"`)) as RestoreEvent[];
}

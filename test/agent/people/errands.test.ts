/** Errands on a host that asks for people's own signatures: nobody can sign one yet, so that the bot's word is not enough. */
import { afterEach, expect, test } from 'vitest';
import type { OperationKind, OperationParams } from '../../../src/aurora/operations.ts';
import { type AttackedHost, createAttackedHost } from '../../attacks/attacked-host.ts';
import { granted, grantKey, sha } from '../../attacks/restores.ts';
import { createSigners } from '../../signing/signers.ts';
import { now } from '../../signing/statements.ts';

const { rosterYaml } = createSigners();
let host: AttackedHost | null = null;
afterEach(async () => {
  await host?.dispose();
  host = null;
});

const ask = async <K extends OperationKind>(
  mode: 'require' | 'observe',
  { kind, params, restoreId }: { kind: K; params: OperationParams[K]; restoreId: string },
) => {
  host = await createAttackedHost({ rosterYaml, publicKey: grantKey, now, mode });
  const signers = [{ person: 'T1:UBO', gate: 'errand' as const, at: now, digest: sha('e') }];
  return await host.send(granted(kind, params, { now, restoreId, payload: { signers } }));
};
const release = {
  kind: 'release-copy',
  params: { sha256: sha('a') },
  restoreId: `errand-${sha('a').slice(0, 24)}`,
} as const;

test.each([release, { kind: 'back-up-now', params: {}, restoreId: 'errand-now-1' } as const])(
  '$kind is refused where signatures are required, and the refusal says what to do',
  async (errand) => {
    const { ended, says } = await ask('require', errand);

    expect(ended).toBe('state');
    expect(says).toMatch(/nothing they can sign yet/);
    expect((await host?.readStatus())?.refused).toMatchObject([{ restoreId: errand.restoreId }]);
  },
);

test('where they are only observed it is done on the word of the bot', async () => {
  expect((await ask('observe', release)).ended).toBe('done');
});

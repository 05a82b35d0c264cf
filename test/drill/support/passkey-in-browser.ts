/** A person's passkey of a drill, in the virtual authenticator of the browser that they sign in. */
import type { Page } from 'playwright-core';
import type { DrillWorld } from '../../../src/drill/world/world.ts';

/** From now on this page can be signed on with one touch, which is given by itself. */
export async function plugIn(page: Page, { keys }: DrillWorld, user: string): Promise<void> {
  const passkey = keys?.holders.get(user)?.passkey;
  if (passkey === undefined) throw new Error(`${user} has no passkey`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await devtools.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: {
      credentialId: Buffer.from(passkey.credentialId, 'base64url').toString('base64'),
      isResidentCredential: false,
      rpId: 'localhost',
      privateKey: passkey.privateKey,
      signCount: 0,
    },
  });
}

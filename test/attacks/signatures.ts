/** Whoever owns the bot's host, grant key and all, against an agent that requires people's own signatures: one trick each. */
import { now } from '../signing/statements.ts';
import type { Attack, Outcome } from './attack.ts';
import { createAttackedHost } from './attacked-host.ts';
import { commitTricks } from './commit-tricks.ts';
import { grantKey } from './restores.ts';
import { stateTricks } from './state-tricks.ts';
import { atTheCommit, signers, type Trick } from './way.ts';

export const signatureAttacks: readonly Attack[] = [...commitTricks, ...stateTricks].map((trick) => ({
  name: `bot host: ${trick.tries}`,
  play: () => play(trick),
}));

async function play({ prepare = atTheCommit, does, rule, thenDies }: Trick): Promise<Outcome> {
  const { rosterYaml } = signers;
  const host = await createAttackedHost({ rosterYaml, publicKey: grantKey, now, oldLogOf: 'R0' });
  try {
    await prepare(host);
    const before = new Set(host.harms);
    const { ended, says } = await host.send(await does(host));
    if (thenDies) await host.schedulerDies();
    const harms = host.harms.filter((harm) => !before.has(harm));
    const held = ended === rule && harms.length === 0;
    return { held, says: [`${ended}: ${says}`, ...harms].join(' ') };
  } finally {
    await host.dispose();
  }
}

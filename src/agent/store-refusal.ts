/** What a bot is told whose database this host does not work for, and what its people do then. */
import { type KnownStore, type StoreStranger, seenAtText } from '../aurora/store-identity.ts';

interface StoreRefusal {
  readonly message: string;
  readonly hint: string;
  /** Never the name: whoever has only the key learns nothing of the database. A bot that knows the start asks again by itself. */
  readonly details: Record<string, unknown>;
}

const runbook = 'Nothing was done. docs/runbook.md has both cases.';

/** All texts are empty where nothing is refused. */
export function storeRefusal(stranger: StoreStranger | null, known: KnownStore | null): StoreRefusal {
  const { incarnation = null, at = 0 } = known ?? {};
  const seen = incarnation === null ? 'taken over' : 'last new start seen';
  const when = `${seen} ${seenAtText(at)}`;
  switch (stranger) {
    case null:
      return { message: '', hint: '', details: {} };
    case 'unnamed':
      return {
        message: `The grant does not name the bot's database, and this host works for one (${when}).`,
        hint: `A bot as new as this agent asks again by itself: upgrade the bot. ${runbook}`,
        details: { store: { incarnation } },
      };
    case 'other':
      return {
        message: `This host works for another bot's database (${when}).`,
        hint: `If that database is lost, stop this bot and run "aurora-chatops bot adopt" on its machine. If it is not, this bot is the wrong one: stop it. ${runbook}`,
        details: {},
      };
    case 'copy':
      return {
        message: `This bot runs on a copy of the database that this host works for: it does not know the bot that was started last on it (${when}).`,
        hint: `Stop one of the two bots. If the other database is gone for good, run "aurora-chatops bot adopt" on this bot's machine. ${runbook}`,
        details: { store: { incarnation } },
      };
  }
}

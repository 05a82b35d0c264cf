import type { Clock } from '../aurora/clock.ts';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Question } from './answers.ts';
import { censusUntrusted } from './census.ts';
import { callOperatorApi } from './operator-api.ts';

/** Redirects followed from one configured master; two masters that point at each other end here. */
const maxHops = 3;

export interface MastersOptions {
  /** Base URLs of all masters, such as `http://m1.example:5050`. */
  readonly masters: readonly string[];
  /** The longest silence of each HTTP call; a question makes at most four per configured master. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/**
 * Asks whichever master leads: tries the configured ones in order and follows their redirects by hand, because a
 * redirect keeps the POST and only says "another one leads". Throws AuroraError `census-untrusted` when a master says
 * that none leads or that it is still recovering, and `mesos-unreachable` when none gives a usable answer.
 */
export async function askLeadingMaster<T>(
  question: Question<T>,
  options: MastersOptions,
): Promise<{ master: string; answer: T }> {
  const { call, schema } = question;
  const problems: string[] = [];
  let notReady: string | null = null;
  for (const configured of options.masters) {
    let master = configured;
    for (let hop = 0; hop <= maxHops; hop += 1) {
      const reply = await callOperatorApi({ ...options, master, call });
      if (reply.kind === 'elsewhere') {
        if (hop === maxHops) problems.push(`${configured}: redirected more than ${maxHops} times`);
        master = reply.master;
        continue;
      }
      if (reply.kind === 'ok') {
        const parsed = schema.safeParse(reply.json);
        if (parsed.success) return { master, answer: parsed.data };
        problems.push(`${master}: its answer to ${call} has not the shape of the v1 operator API`);
      } else if (reply.kind === 'not-ready') {
        notReady = `${master} says: ${reply.said}`;
      } else {
        problems.push(`${master}: ${reply.reason}`);
      }
      break;
    }
  }
  if (notReady !== null) throw censusUntrusted(notReady);
  throw new AuroraError({
    code: errorCodes.mesosUnreachable,
    message: `No Mesos master gave a usable answer (${problems.join('; ') || 'none is configured'}).`,
    hint: "Check that the masters run, and the mesos.masters of this cluster's configuration (base URLs, usually port 5050).",
  });
}

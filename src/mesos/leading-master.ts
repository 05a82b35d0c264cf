import type { Clock } from '../aurora/clock.ts';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { MasterConnections } from './access.ts';
import type { Question } from './answers.ts';
import { censusUntrusted } from './census.ts';
import { AnswerFault, callOperatorApi } from './operator-api.ts';

/** Redirects followed from one configured master; two masters that point at each other end here. */
const maxHops = 3;

export interface MastersOptions {
  /** Base URLs of all masters, such as `http://m1.example:5050`. */
  readonly masters: readonly string[];
  /** The longest silence of each HTTP call; a question makes at most four per configured master. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Gives the value of the Authorization header, for each question anew. */
  readonly authorization?: (() => Promise<string>) | undefined;
  readonly connections: MasterConnections;
}

/**
 * Asks whichever master leads: tries the configured ones in order and follows their redirects by hand, because a
 * redirect keeps the POST and only says "another one leads". Throws AuroraError `census-untrusted` when a master says
 * that none leads or that it is still recovering, `mesos-unauthorized` when one refuses our credentials and none answers,
 * `mesos-unreachable` when none gives a usable answer, and whatever `authorization`, or what reads the answer, throws.
 */
export async function askLeadingMaster<T>(
  question: Question<T>,
  options: MastersOptions,
): Promise<{ master: string; answer: T }> {
  const { call, read } = question;
  const problems: string[] = [];
  let notReady: string | null = null;
  let refused = false;
  const authorization = (await options.authorization?.()) ?? null;
  for (const configured of options.masters) {
    let master = configured;
    for (let hop = 0; hop <= maxHops; hop += 1) {
      const reply = await callOperatorApi({ ...options, master, call, authorization });
      if (reply.kind === 'elsewhere') {
        if (hop === maxHops) problems.push(`${configured}: redirected more than ${maxHops} times`);
        master = reply.master;
        continue;
      }
      if (reply.kind === 'ok') {
        try {
          return { master, answer: await read(reply.body) };
        } catch (error) {
          if (!(error instanceof AnswerFault)) throw error;
          problems.push(`${master}: ${error.message}`);
        }
      } else if (reply.kind === 'not-ready') {
        notReady = `${master} says: ${reply.said}`;
      } else {
        refused ||= reply.kind === 'unauthorized';
        problems.push(`${master}: ${reply.reason}`);
      }
      break;
    }
  }
  if (notReady !== null) throw censusUntrusted(notReady);
  if (refused) {
    throw new AuroraError({
      code: errorCodes.mesosUnauthorized,
      message: `The Mesos master refuses the bot (${problems.join('; ')}).`,
      hint: `${authorization === null ? 'Put name:password into a file and name it as mesos.credentials.basic of this cluster, or a token as mesos.credentials.bearer' : 'Compare the file of mesos.credentials with the credentials of the masters (a changed file is read at the next question)'}; the principal needs the ACLs that docs/configuration.md lists.`,
    });
  }
  throw new AuroraError({
    code: errorCodes.mesosUnreachable,
    message: `No Mesos master gave a usable answer (${problems.join('; ') || 'none is configured'}).`,
    hint: "Check that the masters run, and the mesos.masters of this cluster's configuration (base URLs, usually port 5050).",
  });
}

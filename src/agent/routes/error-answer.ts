/** One table from our errors to HTTP, and one shape for all of them. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { explainSystemError } from '../../aurora/system-errors.ts';
import { ruleOf } from '../refusal-rule.ts';

const statusOf: Readonly<Record<string, number>> = {
  'grant-refused': 403,
  'relay-refused': 403,
  'bad-name': 400,
  'bad-request': 400,
  aborted: 400,
  'no-such-path': 404,
  'client-refused': 403,
  'client-expired': 403,
  'host-refused': 403,
  'too-many-requests': 429,
  'body-too-slow': 408,
  'uploads-full': 507,
  'kept-full': 507,
  'disk-full': 507,
  'agent-busy': 503,
  'agent-stops': 503,
  'backup-missing': 404,
  'upload-too-long': 413,
  'upload-differs': 422,
  'scheduler-unreachable': 502,
  'scheduler-no-reply': 504,
};

/** Answers an error for a person; our own mistake is logged whole and shown as one sentence. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = hasGone(request) ? gone() : translate(error);
  request.refusal = ruleOf(known);
  if (known === null) {
    request.log.error({ err: error }, 'request failed');
    return reply.status(500).send(
      errorBody(
        new AuroraError({
          code: 'agent-mistake',
          message: `The agent failed on this request: ${messageOf(error)}.`,
          hint: "Read the agent's log on the host; the request changed nothing that is not in its journal.",
        }),
      ),
    );
  }
  request.log.info({ code: known.code, ...known.details }, known.message);
  return reply.status(statusFor(known.code)).send(errorBody(known));
}

/** What the scheduler of this host answers, or does not, is not a fault of the agent. */
function statusFor(code: string): number {
  return statusOf[code] ?? (code.startsWith('rpc-') ? 502 : 500);
}

/** The body of every answer with a status of 400 or above. */
function errorBody({ code, message, hint, details }: AuroraError) {
  return { error: { code, message, hint, details: { ...details } } };
}

/** The client ended the connection in the middle of its body: nobody hears the answer, and it is no mistake of ours. */
function hasGone({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function gone(): AuroraError {
  return new AuroraError({
    code: 'aborted',
    message: 'The client went away in the middle of its request.',
    hint: 'Send it again; nothing was done.',
  });
}

function translate(error: FastifyError): AuroraError | null {
  const known = explainSystemError(error);
  if (known !== null) return known;
  const status = error.statusCode ?? 500;
  if (status === 413) {
    return new AuroraError({
      code: 'upload-too-long',
      message: 'The request is longer than the agent takes.',
      hint: 'docs/agent.md names the bounds.',
    });
  }
  if (status >= 500) return null;
  return new AuroraError({
    code: 'bad-request',
    message: messageOf(error),
    hint: 'GET /openapi.json describes every request.',
  });
}

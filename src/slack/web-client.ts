import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { createBoltLogger } from './bolt-logger.ts';
import type { Log } from './log.ts';
import { PostingClient } from './posting-client.ts';

interface SlackAccess {
  readonly botToken: string;
  /** Only for a local Slack on this machine; absent in production. */
  readonly apiUrl?: string;
  readonly log: Log;
}

const answerMs = 8_000;

/** For questions and answers that may be asked twice: a few quick retries. */
export function createAskingClient(access: SlackAccess): WebClient {
  return new WebClient(access.botToken, askingOptions(access));
}

/** The same settings for Bolt. `retryConfig` must be given: Socket Mode would change the default (slack.md 0). */
export function askingOptions(access: SlackAccess): WebClientOptions {
  return {
    ...commonOptions(access),
    retryConfig: { retries: 2, factor: 2, minTimeout: 200, maxTimeout: 1000 },
  };
}

/**
 * For posting: it never tries again by itself, since Slack knows no idempotency key and a message could be there twice.
 * Whoever posts looks first and decides then.
 */
export function createPostingClient(access: SlackAccess & { clock: Pick<Clock, 'now'> }): WebClient {
  return new PostingClient(access.botToken, access, commonOptions(access));
}

function commonOptions({ apiUrl, log }: SlackAccess): WebClientOptions {
  return {
    timeout: answerMs,
    allowAbsoluteUrls: false,
    logger: createBoltLogger(log),
    ...(apiUrl === undefined ? {} : { slackApiUrl: requireLoopback(apiUrl) }),
  };
}

/** Tokens go to slack.com or stay on this machine. */
export function requireLoopback(apiUrl: string): string {
  const host = URL.canParse(apiUrl) ? new URL(apiUrl).hostname : '';
  if (['127.0.0.1', '[::1]', 'localhost'].includes(host)) return apiUrl;
  throw new AuroraError({
    code: 'slack-api-url',
    message: `The Slack API address ${apiUrl.slice(0, 100)} is not on this machine.`,
    hint: 'Leave it out to use slack.com; another address is only for a local Slack on 127.0.0.1.',
  });
}

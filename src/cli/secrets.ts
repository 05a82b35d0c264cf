import { createPrivateKey, hkdfSync } from 'node:crypto';
import { AuroraError } from '../aurora/errors.ts';
import { readSlackSecret } from './slack-secrets.ts';

export interface Secrets {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Only for a local Slack; a loopback address. */
  readonly apiUrl: string | null;
}

/** Slack's secrets, as `readSlackSecret` finds them; errors are its own, and `api-url-not-local`. */
export async function readSecrets(env: NodeJS.ProcessEnv, mode: 'socket' | 'http'): Promise<Secrets> {
  const need = (name: string): Promise<string> => readSlackSecret(env, name);
  const apiUrl = env['SLACK_API_URL'] ?? null;
  if (apiUrl !== null && !/^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?\//.test(apiUrl)) {
    throw new AuroraError({
      code: 'api-url-not-local',
      message: `SLACK_API_URL is ${apiUrl}, which is not on this machine.`,
      hint: 'It exists for the local Slack of a drill; unset it to speak to Slack.',
    });
  }
  return {
    botToken: await need('SLACK_BOT_TOKEN'),
    appToken: mode === 'socket' ? await need('SLACK_APP_TOKEN') : '',
    signingSecret: mode === 'http' ? await need('SLACK_SIGNING_SECRET') : '',
    apiUrl,
  };
}

/**
 * 32 bytes for one purpose, derived (HKDF-SHA256) from the key that signs grants, a PEM: neither Slack nor the database has it, every
 * replica of the bot does, and nobody learns one purpose's secret from another's.
 */
export function secretFor(purpose: string, grantKey: string): Uint8Array {
  const key = createPrivateKey(grantKey).export({ type: 'pkcs8', format: 'der' });
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `aurora-chatops ${purpose}`, 32));
}

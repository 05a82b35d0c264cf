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

/** Slack's secrets; AuroraError as `readSlackSecret`, `secret-of-another-kind`, and `api-url-not-local`. */
export async function readSecrets(env: NodeJS.ProcessEnv, mode: 'socket' | 'http'): Promise<Secrets> {
  const apiUrl = env['SLACK_API_URL'] ?? null;
  if (apiUrl !== null && !/^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?\//.test(apiUrl)) {
    throw new AuroraError({
      code: 'api-url-not-local',
      message: `SLACK_API_URL is ${apiUrl}, which is not on this machine.`,
      hint: 'It exists for the local Slack of a drill; unset it to speak to Slack.',
    });
  }
  return {
    botToken: await readKnown(env, 'SLACK_BOT_TOKEN'),
    appToken: mode === 'socket' ? await readKnown(env, 'SLACK_APP_TOKEN') : '',
    signingSecret: mode === 'http' ? await readKnown(env, 'SLACK_SIGNING_SECRET') : '',
    apiUrl,
  };
}

/** What can be said of them without asking Slack; nothing of them is in a sentence but their first letters. */
export async function faultsOfSecrets(
  env: NodeJS.ProcessEnv,
  mode: 'socket' | 'http',
): Promise<readonly AuroraError[]> {
  const names = ['SLACK_BOT_TOKEN', mode === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'] as const;
  const faults = await Promise.all(
    names.map(async (name) => {
      try {
        await readKnown(env, name);
        return [];
      } catch (thrown) {
        if (thrown instanceof AuroraError) return [thrown];
        throw thrown;
      }
    }),
  );
  return faults.flat();
}

async function readKnown(env: NodeJS.ProcessEnv, name: keyof typeof kinds): Promise<string> {
  const value = await readSlackSecret(env, name);
  const kind = kinds[name];
  if (kind === null || value.startsWith(kind.begins)) return value;
  const other = Object.values(kinds).find((one) => one !== null && value.startsWith(one.begins));
  throw new AuroraError({
    code: 'secret-of-another-kind',
    message: `${name} is ${other === undefined || other === null ? 'not' : `${other.is}, not`} ${kind.is}.`,
    hint: `Put ${kind.is} there: ${kind.from}.`,
  });
}

/** By what Slack begins its tokens with; `null` where nothing tells. */
const kinds = {
  SLACK_BOT_TOKEN: {
    begins: 'xoxb-',
    is: 'a bot token (xoxb-)',
    from: 'OAuth & Permissions of the Slack app, after it is installed',
  },
  SLACK_APP_TOKEN: {
    begins: 'xapp-',
    is: 'an app token (xapp-)',
    from: 'Basic Information of the Slack app, App-Level Tokens, scope connections:write',
  },
  SLACK_SIGNING_SECRET: null,
} as const;

/**
 * 32 bytes for one purpose, derived (HKDF-SHA256) from the key that signs grants, a PEM: neither Slack nor the database has it, every
 * replica of the bot does, and nobody learns one purpose's secret from another's.
 */
export function secretFor(purpose: string, grantKey: string): Uint8Array {
  const key = createPrivateKey(grantKey).export({ type: 'pkcs8', format: 'der' });
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `aurora-chatops ${purpose}`, 32));
}

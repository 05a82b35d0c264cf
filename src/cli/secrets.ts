import { createPrivateKey, hkdfSync } from 'node:crypto';
import { AuroraError } from '../aurora/errors.ts';

export interface Secrets {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Only for a local Slack; a loopback address. */
  readonly apiUrl: string | null;
}

/** Slack's secrets from the environment; AuroraError `secret-missing` names the variable. */
export function readSecrets(env: NodeJS.ProcessEnv, mode: 'socket' | 'http'): Secrets {
  const apiUrl = env['SLACK_API_URL'] ?? null;
  if (apiUrl !== null && !/^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?\//.test(apiUrl)) {
    throw new AuroraError({
      code: 'api-url-not-local',
      message: `SLACK_API_URL is ${apiUrl}, which is not on this machine.`,
      hint: 'It exists for the local Slack of a drill; unset it to speak to Slack.',
    });
  }
  const [fault] = faultsOfSecrets(env, mode);
  if (fault !== undefined) throw new AuroraError(fault);
  return {
    botToken: env['SLACK_BOT_TOKEN'] ?? '',
    appToken: mode === 'socket' ? (env['SLACK_APP_TOKEN'] ?? '') : '',
    signingSecret: mode === 'http' ? (env['SLACK_SIGNING_SECRET'] ?? '') : '',
    apiUrl,
  };
}

/** What can be said of them without asking Slack; nothing of them is in a sentence but their first letters. */
export function faultsOfSecrets(
  env: NodeJS.ProcessEnv,
  mode: 'socket' | 'http',
): readonly { readonly code: string; readonly message: string; readonly hint: string }[] {
  const names = ['SLACK_BOT_TOKEN', mode === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'] as const;
  return names.flatMap((name) => {
    const value = env[name] ?? '';
    if (value === '') {
      return [
        {
          code: 'secret-missing',
          message: `The environment variable ${name} is not set.`,
          hint: 'Tokens come from the Slack app that manifest.yml describes; put them into the environment of the bot.',
        },
      ];
    }
    const kind = kinds[name];
    if (kind === null || value.startsWith(kind.begins)) return [];
    const other = Object.values(kinds).find((one) => one !== null && value.startsWith(one.begins));
    return [
      {
        code: 'secret-of-another-kind',
        message: `${name} is ${other === undefined || other === null ? 'not' : `${other.is}, not`} ${kind.is}.`,
        hint: `Put ${kind.is} there: ${kind.from}.`,
      },
    ];
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

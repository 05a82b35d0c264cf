/** Where people sign: the roster of their keys, and the page. The keys of the configuration, and what only all of it can tell. */
import { z } from 'zod';
import { statementLifeMs } from '../restore/rules/statement.ts';

const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

export const peopleKeys = {
  /** Where people reach this bot with a browser; their page for passkeys is below it. */
  publicUrl: url.optional(),
  people: z
    .strictObject({
      /** File with whose keys count, the same as on the hosts. */
      roster: z.string().min(1),
      /** `host:port` where the page is served in Socket Mode; in HTTP mode it is served where Slack delivers. */
      listen: z
        .string()
        .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/, 'must be host:port such as 127.0.0.1:3001')
        .optional(),
      /** The page, where it is hosted elsewhere; it speaks to `publicUrl` from there. */
      page: url.optional(),
      /** Whose word counts in a terminal while Slack answers nothing at all; nobody's when absent. */
      whenSlackIsDown: z.literal('roster').optional(),
    })
    .optional(),
};

const keys = z.object(peopleKeys);
type PeopleKeys = z.infer<typeof keys>;

export interface PeopleConfig {
  /** Absolute. */
  readonly roster: string;
  readonly listen: { readonly host: string; readonly port: number } | null;
  readonly whenSlackIsDown: 'roster' | null;
}

/** The page and the address below which it asks this bot; without a slash at the end. */
export interface SigningPlace {
  readonly publicUrl: string;
  /** `null` when the bot serves it itself. */
  readonly page: string | null;
}

export function toPeople({ people }: PeopleKeys, resolved: (file: string) => string): PeopleConfig | null {
  if (people === undefined) return null;
  const { hostname, port } = new URL(`http://${people.listen ?? 'none:1'}`);
  return {
    roster: resolved(people.roster),
    listen:
      people.listen === undefined
        ? null
        : { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) },
    whenSlackIsDown: people.whenSlackIsDown ?? null,
  };
}

/** `null` where everybody signs with ssh keys. */
export function toSigningPlace({ publicUrl, people }: PeopleKeys): SigningPlace | null {
  if (publicUrl === undefined || people === undefined) return null;
  return { publicUrl, page: people.page ?? null };
}

/** What no single key can tell. */
export function distrustPeople(
  config: PeopleKeys & {
    readonly slack: { readonly mode: 'socket' | 'http' };
    readonly clusters: readonly {
      readonly policy: { signatures?: string | undefined; signOffTtl: number };
    }[];
  },
): string[] {
  const { publicUrl, people, slack } = config;
  const problems: string[] = [];
  for (const [index, { policy }] of config.clusters.entries()) {
    const at = `clusters.${index}.policy`;
    if (policy.signatures === undefined) continue;
    if (people === undefined)
      problems.push(`${at}.signatures: people.roster is missing: nobody's signature could be checked`);
    if (policy.signOffTtl > statementLifeMs)
      problems.push(
        `${at}.signOffTtl: what people sign with their keys lives ${statementLifeMs / 3_600_000}h, so no sign-off can live longer`,
      );
  }
  for (const [name, address] of Object.entries({ publicUrl, 'people.page': people?.page })) {
    if (address !== undefined && !isSafe(address))
      problems.push(`${name}: browsers use passkeys on https addresses only (and on localhost)`);
  }
  if (publicUrl !== undefined && people === undefined)
    problems.push('publicUrl: it is for the page where people sign, and people.roster is missing');
  if (people?.page !== undefined && publicUrl === undefined)
    problems.push('people.page: the page asks this bot, and publicUrl is missing');
  if (slack.mode === 'http' && people?.listen !== undefined)
    problems.push('people.listen: in HTTP mode the page is served where Slack delivers');
  if (
    slack.mode === 'socket' &&
    publicUrl !== undefined &&
    people !== undefined &&
    people.listen === undefined
  )
    problems.push('publicUrl: nothing serves it; name people.listen');
  return problems;
}

function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === 'localhost';
}

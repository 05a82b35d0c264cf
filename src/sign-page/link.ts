/**
 * The link that leads a person to the page: for whom, about what, until when, sealed with a secret of the bot. It gives no right:
 * what is done with it is judged like a press, and takes the person's own signature. It stands behind the `#`, so that no log has it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../aurora/canonical-json.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { restoreIdSchema } from '../aurora/name-schemas.ts';

const about = z.strictObject({
  userId: z.string().max(30),
  restoreId: restoreIdSchema,
  what: z.enum(['stop', 'commit', 'go-back', 'release']),
  /** Of the gate, as the button had it; empty where none matters. */
  digest: z.string().max(64),
});
/** For whom a link is, and what they would sign. */
export type LinkAbout = z.infer<typeof about>;

const sealed = about.extend({ until: z.int() });

export interface SignLinks {
  /** The address for a browser. */
  linkFor(about: LinkAbout): string;
  /** What stands behind the `#`. AuroraError `sign-link-wrong` or `sign-link-over`. */
  open(token: string): LinkAbout;
}

const lifeMs = 60 * 60_000;
const domain = 'aurora-chatops sign link v1\n';

/** `key`: of this purpose alone, and neither in Slack nor in the database. */
export function createSignLinks(deps: {
  key: Uint8Array;
  clock: Pick<Clock, 'now'>;
  place: { readonly publicUrl: string; readonly page: string | null };
}): SignLinks {
  const { key, clock, place } = deps;
  const macOf = (body: string): Buffer =>
    createHmac('sha256', key)
      .update(domain + body)
      .digest();
  return {
    linkFor: (wanted) => {
      const content = { ...wanted, until: clock.now() + lifeMs };
      const body = Buffer.from(canonicalJson(content)).toString('base64url');
      const token = `${body}.${macOf(body).toString('base64url')}`;
      return place.page === null
        ? `${place.publicUrl}/sign/#${token}`
        : `${place.page}/?bot=${encodeURIComponent(place.publicUrl)}#${token}`;
    },
    open: (token) => {
      const [body = '', mac = ''] = token.slice(0, 2_000).split('.');
      const given = Buffer.from(mac, 'base64url');
      const expected = macOf(body);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw wrong();
      const { until, ...rest } = sealed.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      if (clock.now() >= until) throw over();
      return rest;
    },
  };
}

const again = 'Press the button in Slack again; its form has a new link.';

function wrong(): AuroraError {
  return new AuroraError({
    code: 'sign-link-wrong',
    message: 'This link is not one that the bot has made, or a part of it is missing.',
    hint: again,
  });
}

function over(): AuroraError {
  return new AuroraError({
    code: 'sign-link-over',
    message: 'This link is more than an hour old.',
    hint: again,
  });
}

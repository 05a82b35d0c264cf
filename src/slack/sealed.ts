/**
 * What a form carries through Slack, sealed: for whom it was opened, from which message, about what, and until when. Whoever holds
 * the bot's token or Slack's signing secret can send us a form; only this process and its peers can seal one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../aurora/canonical-json.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';

/** From where and for whom a modal was opened: modals have no channel of their own (slack.md 4.2). */
const sealedForm = z.strictObject({
  /** The `callback_id`: what is sealed for one form is worth nothing in another one. */
  form: z.string().max(60),
  userId: z.string().max(30),
  channel: z.string().max(30),
  threadTs: z.string().max(30).nullable(),
  /** `ts` of the message with the button; `null` where it was opened by a command. */
  messageTs: z.string().max(30).nullable(),
  /** What it is about, in the words of whoever opened it. */
  subject: z.string().max(800),
});
export type SealedForm = z.infer<typeof sealedForm>;

const metadata = sealedForm.extend({ until: z.int(), mac: z.string() });

export interface Seals {
  /** Goes into `private_metadata`, which holds 3000 characters. */
  seal(opened: SealedForm): string;
  /** AuroraError `unknown-form`, `form-altered`, `form-of-another` or `form-expired`: then nothing of it counts. */
  open(text: string, by: { readonly form: string; readonly userId: string }): SealedForm;
}

/** Longer than any gate is open by default: who was called away meanwhile reads the newest numbers first. */
const formLifeMs = 60 * 60_000;
const domain = 'aurora-chatops form v1\n';

/** Seals with a key that neither Slack nor the database has (`secretFor` in `cli/secrets.ts`). */
export function createSeals({ key, clock }: { key: Uint8Array; clock: Clock }): Seals {
  const macOf = (content: SealedForm & { until: number }): Buffer =>
    createHmac('sha256', key)
      .update(domain + canonicalJson(content))
      .digest();
  return {
    seal: (opened) => {
      const content = { ...opened, until: clock.now() + formLifeMs };
      return JSON.stringify({ ...content, mac: macOf(content).toString('hex') });
    },
    open: (text, by) => {
      const parsed = metadata.safeParse(parseJson(text));
      if (!parsed.success) throw refused.unknown();
      const { mac, ...content } = parsed.data;
      const expected = macOf(content);
      const given = Buffer.from(mac, 'hex');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused.altered();
      const { until, ...form } = content;
      if (form.form !== by.form) throw refused.altered();
      if (form.userId !== by.userId) throw refused.another();
      if (clock.now() >= until) throw refused.expired();
      return form;
    },
  };
}

const place = sealedForm.pick({ channel: true, threadTs: true, subject: true }).strip();

/** Where to answer whoever sent a form, and what they say it is about; proves nothing. `null` when that is not in it. */
export function placeOf(text: string): z.infer<typeof place> | null {
  const parsed = place.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const pressAgain = 'Press the button on the card again.';
const refused = {
  unknown: () =>
    new AuroraError({
      code: 'unknown-form',
      message: 'That form is from another version of this bot; nothing was done.',
      hint: pressAgain,
    }),
  altered: () =>
    new AuroraError({
      code: 'form-altered',
      message: 'That form was changed after this bot opened it; nothing was done.',
      hint: `${pressAgain} If this happens again, somebody else may hold the bot's token: tell whoever runs the bot.`,
    }),
  another: () =>
    new AuroraError({
      code: 'form-of-another',
      message: 'That form was opened by somebody else; nothing was done.',
      hint: pressAgain,
    }),
  expired: () =>
    new AuroraError({
      code: 'form-expired',
      message: 'That form was open for more than an hour; nothing was done.',
      hint: `${pressAgain} It shows what is true now.`,
    }),
};

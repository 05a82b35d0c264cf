/**
 * People who sign what a form shows them, by the ways that people have: Cy copies the lines into a shell and pastes what they
 * print, the others follow the link to the page. Nothing is known here but the form, the page, and their own key.
 */
import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { sshNamespace, statementSchema } from '../../aurora/statement.ts';
import { cast } from '../world/cast.ts';
import type { KeyHolder, KeyRing } from './key-ring.ts';

/** An open form, as the local Slack tells it. */
export interface ShownForm {
  readonly user: string;
  readonly blocks: readonly unknown[];
  /** What its person would write into it, by block id. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What to submit besides, by block id; or the person has signed on the page, and closes the form. */
export type Signed = { readonly values: Readonly<Record<string, string>> } | 'on the page';

/** Fails with AuroraError `drill-not-signed` when the page refuses, or the form shows nothing to sign. */
export type SignForm = (form: ShownForm) => Promise<Signed>;

/** For people with these keys; whoever has none hands the form in as it is, and so does everybody whom it asks for no signature. */
export function createSignForm(ring: KeyRing | null): SignForm {
  return async ({ user, blocks, values }) => {
    const holder = ring?.holders.get(user);
    if (holder === undefined || !hasField(blocks)) return { values: {} };
    if (user === cast.cy && holder.sshKey !== null)
      return { values: { signature: signScript(blocks, holder.sshKey) } };
    await signOnPage(linkIn(blocks), { holder, note: noteIn(values) });
    return 'on the page';
  };
}

function hasField(blocks: readonly unknown[]): boolean {
  return blocks.some((block) => z.looseObject({ block_id: z.literal('signature') }).safeParse(block).success);
}

/** The text between the marks of the shell's here-document is what is signed, to the byte. */
function signScript(blocks: readonly unknown[], key: string): string {
  const section = z.looseObject({ text: z.looseObject({ text: z.string() }) });
  const texts = blocks.flatMap((block) => section.safeParse(block).data?.text.text ?? []);
  const script = texts.map(readMrkdwn).find((text) => text.includes('ssh-keygen'));
  const statement = /<<'END'\n(?<text>.*\n)END\n/s.exec(script ?? '')?.groups?.['text'];
  if (statement === undefined) throw notSigned('The form shows no statement to copy.');
  return execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', sshNamespace, '-f', key], {
    input: statement,
    encoding: 'utf8',
  });
}

function readMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function linkIn(blocks: readonly unknown[]): URL {
  const link = z.object({
    elements: z.tuple([z.looseObject({ action_id: z.literal('open-sign-page'), url: z.url() })]),
  });
  const [found] = blocks.flatMap((block) => link.safeParse(block).data?.elements[0].url ?? []);
  if (found === undefined) throw notSigned('The form has no link to the page for signing.');
  return new URL(found);
}

function noteIn({ comment, reason }: ShownForm['values']): string {
  return z
    .string()
    .catch('')
    .parse(comment ?? reason);
}

const opened = z.looseObject({ statement: statementSchema, relyingParty: z.string() });

/** What the page's script does, with a key in a file in place of the browser's. */
async function signOnPage(link: URL, by: { holder: KeyHolder; note: string }): Promise<void> {
  const { id, passkey } = by.holder;
  const token = link.hash.slice(1);
  const { statement, relyingParty } = opened.parse(await ask(link, 'open', { link: token }));
  const signing = { person: id, key: 'passkey', relyingParty, origin: link.origin };
  const { person: _person, key: _key, ...signature } = passkey.sign(statement, signing);
  await ask(link, 'sign', {
    link: token,
    note: by.note,
    signature: { ...signature, credentialId: passkey.credentialId },
  });
}

async function ask(link: URL, call: string, body: object): Promise<unknown> {
  const response = await fetch(new URL(`api/${call}`, link), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw notSigned('The page for signing does not answer.', cause);
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw notSigned(`The page for signing refused: ${JSON.stringify(answer).slice(0, 300)}`);
}

function notSigned(message: string, cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'drill-not-signed',
    message,
    hint: "Look at bot.log in the drill's directory.",
    cause,
  });
}

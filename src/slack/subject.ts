import { z } from 'zod';

/** What a button or a modal is about. It names a thing and gives no right: everything is judged again when pressed. */
export interface Subject {
  readonly restoreId: string;
  /** The digest that was on the message; empty where none matters. */
  readonly digest: string;
}

const subjectPattern = /^(R\d{1,9})\|([0-9a-f]{0,64})$/;

/** `R1|71f0…`: the value of a button. */
export function subjectValue(subject: Subject): string {
  return `${subject.restoreId}|${subject.digest}`;
}

/** `null` for anything that is not one of our values. */
export function parseSubject(value: string | undefined): Subject | null {
  const match = subjectPattern.exec(value ?? '');
  const [, restoreId, digest] = match ?? [];
  return restoreId === undefined || digest === undefined ? null : { restoreId, digest };
}

/** Where a modal was opened from: modals have no channel of their own (slack.md 4.2). */
interface ModalOrigin {
  readonly channel: string;
  readonly threadTs: string | null;
  readonly subject: string;
}

const originSchema = z.object({
  channel: z.string().max(30),
  threadTs: z.string().max(30).nullable(),
  subject: z.string().max(200),
});

/** Goes into `private_metadata`, which holds 3000 characters. */
export function modalMetadata(origin: ModalOrigin): string {
  return JSON.stringify(origin);
}

/** `null` when the metadata is not ours. */
export function parseModalMetadata(text: string): ModalOrigin | null {
  try {
    const parsed = originSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

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

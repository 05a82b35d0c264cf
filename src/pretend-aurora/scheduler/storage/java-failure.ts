/**
 * A Java exception that a scheduler's decoder or loader would have thrown. Its text is what the real one
 * answers with (test/fixtures/backups/odd.json); `null` is an exception without a message.
 */
export class JavaFailure extends Error {
  override name = 'JavaFailure';
  /** `decode`: wrapped as "Failed to decode backup …"; `load`: the message as it is; `fatal`: HTTP 500. */
  readonly kind: 'decode' | 'load' | 'fatal';
  readonly text: string | null;

  constructor(kind: 'decode' | 'load' | 'fatal', text: string | null) {
    super(text ?? 'an exception without a message');
    this.kind = kind;
    this.text = text;
  }
}

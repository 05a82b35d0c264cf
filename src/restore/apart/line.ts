/** Two threads that ask each other: an answer for each question, or what was thrown in its place. */
import { type Failure, Failures } from './failures.ts';

/** What one side can be asked. What goes in and comes out can be cloned; big values are copied. */
type Answers<T> = { readonly [K in keyof T]: (...args: never[]) => unknown };

export type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly what: string; readonly args: readonly unknown[] }
  | { readonly kind: 'tell'; readonly what: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** `Theirs`: what the other side answers. */
export class Line<Theirs extends Answers<Theirs>> {
  readonly #send: (message: Message) => void;
  readonly #answers: Readonly<Record<string, (...args: never[]) => unknown>>;
  readonly #failures = new Failures();
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #broken: { readonly reason: unknown } | null = null;

  constructor(
    send: (message: Message) => void,
    answers: Readonly<Record<string, (...args: never[]) => unknown>>,
  ) {
    this.#send = send;
    this.#answers = answers;
  }

  async ask<K extends keyof Theirs & string>(
    what: K,
    ...args: Parameters<Theirs[K]>
  ): Promise<Awaited<ReturnType<Theirs[K]>>> {
    if (this.#broken !== null) throw this.#broken.reason;
    const id = ++this.#asked;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#send({ kind: 'ask', id, what, args });
    return (await answer) as Awaited<ReturnType<Theirs[K]>>;
  }

  /** Nothing is answered. */
  tell<K extends keyof Theirs & string>(what: K, ...args: Parameters<Theirs[K]>): void {
    if (this.#broken === null) this.#send({ kind: 'tell', what, args });
  }

  /** To be called with each message of the other side, in their order. */
  take(message: Message): void {
    switch (message.kind) {
      case 'ask':
        void this.#answer(message);
        return;
      case 'tell':
        void this.#call(message);
        return;
      case 'answer':
        this.#end(message.id)?.resolve(message.value);
        return;
      case 'failed':
        this.#end(message.id)?.reject(this.#failures.unpack(message.failure));
    }
  }

  /** No more answers come: whoever waits for one, or asks from now on, is told why. */
  cut(reason: unknown): void {
    this.#broken ??= { reason };
    for (const { reject } of this.#waiting.values()) reject(this.#broken.reason);
    this.#waiting.clear();
  }

  #end(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  async #answer(message: Extract<Message, { kind: 'ask' }>): Promise<void> {
    const { id } = message;
    try {
      const value = await this.#call(message);
      if (this.#broken === null) this.#send({ kind: 'answer', id, value });
    } catch (error) {
      if (this.#broken === null) this.#send({ kind: 'failed', id, failure: this.#failures.pack(error) });
    }
  }

  #call({ what, args }: { what: string; args: readonly unknown[] }): unknown {
    return this.#answers[what]?.(...(args as never[]));
  }
}

/** What is thrown on one side of a line between two threads, and thrown again on the other one. */
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { StepInterrupted } from '../engine/thread.ts';
import { Rewound, type Turn } from '../looks/interference.ts';

/** Plain values, which threads can send. `origin` is its number on the side that threw it. */
export type Failure =
  | { readonly kind: 'returned'; readonly origin: number }
  | {
      readonly kind: 'aurora';
      readonly origin: number;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'interrupted'; readonly origin: number }
  | { readonly kind: 'rewound'; readonly origin: number; readonly event: Turn }
  | { readonly kind: 'other'; readonly origin: number; readonly message: string; readonly stack: string };

/**
 * Of one line. What was thrown here and comes back is the same object again, so that everybody who knows it by its class or
 * by itself still does.
 */
export class Failures {
  readonly #thrownHere: unknown[] = [];
  readonly #originOf = new WeakMap<Error, number>();

  pack(thrown: unknown): Failure {
    const theirs = thrown instanceof Error ? this.#originOf.get(thrown) : undefined;
    if (theirs !== undefined) return { kind: 'returned', origin: theirs };
    const origin = this.#thrownHere.push(thrown) - 1;
    if (thrown instanceof AuroraError) {
      const { code, message, hint, details } = thrown;
      return { kind: 'aurora', origin, code, message, hint, details };
    }
    if (thrown instanceof Rewound) return { kind: 'rewound', origin, event: thrown.event };
    if (thrown instanceof StepInterrupted) return { kind: 'interrupted', origin };
    const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
    return { kind: 'other', origin, message: messageOf(thrown), stack };
  }

  unpack(failure: Failure): unknown {
    if (failure.kind === 'returned') return this.#thrownHere[failure.origin];
    const error = errorOf(failure);
    this.#originOf.set(error, failure.origin);
    return error;
  }
}

function errorOf(failure: Exclude<Failure, { kind: 'returned' }>): Error {
  switch (failure.kind) {
    case 'aurora':
      return new AuroraError({ ...failure, details: { ...failure.details } });
    case 'interrupted':
      return new StepInterrupted();
    case 'rewound':
      return new Rewound(failure.event);
    case 'other': {
      const error = new Error(failure.message);
      if (failure.stack !== '') error.stack = failure.stack;
      return error;
    }
  }
}

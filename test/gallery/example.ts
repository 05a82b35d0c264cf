/** What the gallery shows: one message or form each, made by the builder that makes it in a restore. */
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from '../../src/slack/blocks.ts';

interface Shown {
  /** Names its pictures: lower case, words joined by `-`, never changed for another example. */
  readonly id: string;
  readonly title: string;
  /** One of the ten or so that matter most: shown in all four ways. */
  readonly main?: boolean;
  /** When people see it, a sentence. */
  readonly seen: string;
}

/** `you`: visible to the person who asked alone. */
export type ShownMessage = Shown & {
  readonly kind: 'thread' | 'channel' | 'you' | 'direct';
  readonly message: Message;
};
export type ShownView = Shown & { readonly kind: 'form'; readonly view: ModalView };
export type ShownHome = Shown & { readonly kind: 'home'; readonly view: HomeView };
export type Example = ShownMessage | ShownView | ShownHome;

/** A part of the procedure, in the order in which people live through it. */
export interface Group {
  readonly title: string;
  readonly examples: readonly Example[];
}

export function blocksOf(example: Example): readonly unknown[] {
  return 'view' in example ? example.view.blocks : example.message.blocks;
}

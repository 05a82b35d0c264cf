/**
 * Everything that can stand in a journal, in the past tense: what people decided, each beside its decision, and what
 * happened otherwise. These names and fields are stored: once released they are promises. Progress is not here.
 */
import { z } from 'zod';
import { storedForm } from '../../aurora/stored-form.ts';
import { decidedEvents } from '../decisions/index.ts';
import { happenings } from './happenings.ts';

export type {
  Actor,
  BackupChoice,
  ForeignAct,
  GateName,
  NoticeCode,
  Proposal,
} from './words.ts';

export const restoreEvent = z.discriminatedUnion('type', [...happenings, ...decidedEvents]);

export type RestoreEvent = z.infer<typeof restoreEvent>;
export type EventOf<T extends RestoreEvent['type']> = Extract<RestoreEvent, { type: T }>;

/** How journals keep them. */
export const eventForm = storedForm<RestoreEvent>(1, restoreEvent);

/** What people say in the thread, and what they say is done: in the record, once, within bounds, also after the end. */
import { describe, expect, it } from 'vitest';
import { emptyThread, foldThread, type Thread, threadEventsMax } from '../../../src/restore/record/thread.ts';
import { hearInThread, markInThread, type ThreadChange } from '../../../src/restore/rules/thread.ts';
import { ana, bo, cy } from '../support/story.ts';

const message = { userId: 'UBO', ts: '1795443360.000100', text: 'ads is paged', files: [] };

function heard(thread: Thread, change: ThreadChange, changes: Partial<typeof message> = {}): Thread {
  return hearInThread(thread, { message: { ...message, ...changes }, change, person: bo }).reduce(
    foldThread,
    thread,
  );
}
const typesAfter = (thread: Thread, change: ThreadChange, changes: Partial<typeof message> = {}) =>
  hearInThread(thread, { message: { ...message, ...changes }, change, person: bo }).map(({ type }) => type);

describe('what is said in a thread', () => {
  it('is written down once, however often Slack tells of it', () => {
    const thread = heard(emptyThread, { kind: 'said' });

    expect(typesAfter(emptyThread, { kind: 'said' })).toEqual(['thread-said']);
    expect(typesAfter(thread, { kind: 'said' })).toEqual([]);
  });

  it('stands there as it was first when an edit or a deletion is the first that is heard of it', () => {
    const [said, edited] = hearInThread(emptyThread, {
      message,
      change: { kind: 'edited', text: 'ads is not paged' },
      person: bo,
    });

    expect(said).toMatchObject({ type: 'thread-said', text: 'ads is paged' });
    expect(edited).toMatchObject({ type: 'thread-edited', text: 'ads is not paged' });
    expect(typesAfter(emptyThread, { kind: 'deleted' })).toEqual(['thread-said', 'thread-deleted']);
  });

  it('is edited only by other words, and by nothing once it is deleted', () => {
    const thread = heard(emptyThread, { kind: 'said' });
    const edited = heard(thread, { kind: 'edited', text: 'other' });
    const deleted = heard(edited, { kind: 'deleted' });

    expect(typesAfter(thread, { kind: 'edited', text: 'ads is paged' })).toEqual([]);
    expect(typesAfter(edited, { kind: 'edited', text: 'other' })).toEqual([]);
    expect(typesAfter(deleted, { kind: 'edited', text: 'more' })).toEqual([]);
    expect(typesAfter(deleted, { kind: 'deleted' })).toEqual([]);
  });

  it('is bounded in size and number, and keeps no secret', () => {
    const [long] = hearInThread(emptyThread, {
      message: { ...message, text: 'x'.repeat(40_000) },
      change: { kind: 'said' },
      person: bo,
    });
    const [secret] = hearInThread(emptyThread, {
      message: { ...message, text: 'password=hunter2' },
      change: { kind: 'said' },
      person: bo,
    });
    const full: Thread = { events: threadEventsMax - 1, heard: new Map() };

    expect(long).toMatchObject({ text: 'x'.repeat(3000), cut: true });
    expect(secret).toMatchObject({ text: 'password=(hidden)' });
    expect(typesAfter(full, { kind: 'said' })).toEqual(['thread-said']);
    expect(typesAfter(full, { kind: 'deleted' })).toEqual([]);
    expect(typesAfter(heard(full, { kind: 'said' }), { kind: 'said' }, { ts: '1795443360.000200' })).toEqual(
      [],
    );
  });

  it('of a name that Slack does not give is nothing', () => {
    expect(typesAfter(emptyThread, { kind: 'said' }, { ts: '17;DROP' })).toEqual([]);
  });

  it('is marked once, by name, and not once it is gone or the record is full', () => {
    const marked = markInThread(emptyThread, { message, author: bo, person: cy });
    if ('code' in marked) throw new Error(marked.code);
    const thread = marked.reduce(foldThread, emptyThread);
    const gone = heard(heard(emptyThread, { kind: 'said' }), { kind: 'deleted' });

    expect(marked.map(({ type }) => type)).toEqual(['thread-said', 'thread-marked']);
    expect(marked[1]).toMatchObject({ person: cy });
    expect(markInThread(thread, { message, author: bo, person: ana })).toMatchObject({
      code: 'marked-already',
    });
    expect(markInThread(gone, { message, author: bo, person: ana })).toMatchObject({ code: 'message-gone' });
    expect(
      markInThread({ events: threadEventsMax, heard: new Map() }, { message, author: bo, person: ana }),
    ).toMatchObject({ code: 'record-full' });
  });
});

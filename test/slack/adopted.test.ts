/** After a crash the bot looks for what it has posted. What somebody else has put there in its name is none of it. */
import { WebAPIPlatformError } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import type { Post, PostLedger } from '../../src/aurora/outbox.ts';
import { message, section } from '../../src/slack/blocks.ts';
import { contentHash, Poster } from '../../src/slack/post.ts';

const said = message([section('*Needs one approver.*')]);
const address = {
  key: 'R1:3.0',
  mark: 'R1:3.0@abc',
  restoreId: 'R1',
  channel: 'C1',
  threadTs: '1.0',
  sinceMs: 0,
};
const metadata = { event_payload: { key: address.mark, sha256: contentHash(said) } };
const file = { name: 'R1-3.0-preview-abc.txt', title: 'the list', text: 'a\tb\n' };
const refusal = new WebAPIPlatformError({ ok: false, error: 'cant_update_message' });
const ours = { bot_id: 'B1', user: 'UBOT' };

/** Slack with these messages in the thread; keeps what is asked of it to write. */
function slackWith(messages: readonly object[], refuseEdits = false) {
  const written: string[] = [];
  const posts = new Map<string, Post>();
  const ledger = {
    findPost: (key: string) => Promise.resolve(posts.get(key) ?? null),
    savePost: (post: Post) => Promise.resolve(void posts.set(post.key, post)),
  } as PostLedger;
  const client = {
    auth: { test: () => Promise.resolve({ ok: true, user_id: 'UBOT', bot_id: 'B1' }) },
    conversations: { replies: () => Promise.resolve({ ok: true, messages }) },
    chat: {
      postMessage: () => {
        written.push('posted');
        return Promise.resolve({ ok: true, ts: '9.0' });
      },
      update: ({ ts }: { ts: string }) => {
        written.push(`edited ${ts}`);
        return refuseEdits ? Promise.reject(refusal) : Promise.resolve({ ok: true });
      },
    },
    files: {
      getUploadURLExternal: () =>
        Promise.resolve({ ok: true, upload_url: 'https://files.example/u', file_id: 'F9' }),
      completeUploadExternal: () => {
        written.push('uploaded');
        return Promise.resolve({ ok: true });
      },
    },
  };
  const taken = () => Promise.resolve(new Response('OK'));
  const poster = new Poster({ client: client as never, ledger, log: () => undefined, fetch: taken });
  return { poster, written, posts };
}

describe('a message with our metadata', () => {
  it('is ours when we have posted it and it shows what it says', async () => {
    const { poster, written, posts } = slackWith([{ ts: '3.0', ...ours, blocks: said.blocks, metadata }]);

    await poster.put(address, said);

    expect(written).toEqual([]);
    expect(posts.get(address.key)?.ts).toBe('3.0');
  });

  it.each([
    ['by another app', { bot_id: 'B2', user: 'UEVE' }],
    ['by a person', { user: 'UEVE' }],
    ['by another app in our name', { bot_id: 'B2', user: 'UBOT' }],
    ['by nobody', {}],
  ])('%s is not, and ours is posted', async (_who, author) => {
    const { poster, written, posts } = slackWith([{ ts: '3.0', ...author, blocks: said.blocks, metadata }]);

    await poster.put(address, said);

    expect(written).toEqual(['posted']);
    expect(posts.get(address.key)?.ts).toBe('9.0');
  });

  it('that shows something other than its hash says is edited', async () => {
    const blocks = [section('*It kills nothing.*')];
    const { poster, written, posts } = slackWith([{ ts: '3.0', ...ours, blocks, metadata }]);

    await poster.put(address, said);

    expect(written).toEqual(['edited 3.0']);
    expect(posts.get(address.key)).toMatchObject({ ts: '3.0', contentSha256: contentHash(said) });
  });

  it('that we may not edit is none of ours', async () => {
    const blocks = [section('*It kills nothing.*')];
    const { poster, written, posts } = slackWith([{ ts: '3.0', ...ours, blocks, metadata }], true);

    await poster.put(address, said);

    expect(written).toEqual(['edited 3.0', 'posted']);
    expect(posts.get(address.key)?.ts).toBe('9.0');
  });
});

describe('a file with the name of ours', () => {
  const inThread = (more: object, author: object = ours) => ({
    ts: '3.0',
    ...author,
    files: [{ id: 'F1', name: file.name, size: 4, user: 'UBOT', ...more }],
  });

  it('is ours when we have put it there', async () => {
    const { poster, written, posts } = slackWith([inThread({})]);

    expect(await poster.putFile(address, file)).toEqual({ kind: 'there' });

    expect(written).toEqual([]);
    expect(posts.get(address.key)?.ts).toBe('F1');
  });

  it.each([
    ['by a person', inThread({ user: 'UEVE' }, { user: 'UEVE' })],
    ['of a person, shared by us', inThread({ user: 'UEVE' })],
    ['of another size', inThread({ size: 5 })],
  ])('%s is not, and ours is put there', async (_who, seen) => {
    const { poster, written } = slackWith([seen]);

    expect(await poster.putFile(address, file)).toMatchObject({ kind: 'uploaded' });

    expect(written).toEqual(['uploaded']);
  });
});

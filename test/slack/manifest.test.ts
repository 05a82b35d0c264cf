/** The manifest asks for what the code uses, no more and no less. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createListeners } from '../../commands/index.ts';
import { methodCatalog } from '../../src/local-slack/api/catalog.ts';
import { Uploads } from '../../src/local-slack/api/files.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import { actionIds, optionIds, viewIds } from '../../src/slack/action-ids.ts';
import { returnToOldId } from '../../src/slack/decisions/return-to-old.ts';
import { createSeals } from '../../src/slack/sealed.ts';
import { errandFormId } from '../../src/slack/views/approve-errand.ts';
import { fleetOf } from './support/fleet.ts';
import { manifestScopes } from './support/slack-world.ts';

const root = join(import.meta.dirname, '../..');
const manifest = z
  .object({
    features: z.object({
      shortcuts: z.array(z.object({ callback_id: z.string(), type: z.literal('message') })),
      slash_commands: z.array(z.object({ command: z.string(), should_escape: z.boolean() })),
    }),
    settings: z.object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
      interactivity: z.object({ is_enabled: z.boolean() }),
      socket_mode_enabled: z.boolean(),
    }),
  })
  .parse(parse(await readFile(join(root, 'manifest.yml'), 'utf8')));

async function sources(): Promise<string> {
  const texts: string[] = [];
  for await (const file of glob('{src/slack,commands}/**/*.ts', { cwd: root })) {
    texts.push(await readFile(join(root, file), 'utf8'));
  }
  return texts.join('\n');
}

const clock = { now: () => 0, sleep: () => Promise.resolve() };
const listeners = createListeners({
  service: {} as RestoreService,
  journal: { read: () => Promise.resolve([]) },
  clusters: new Map(),
  ...fleetOf(new Map(), clock),
  outbox: {
    findRestore: () => Promise.resolve(null),
    linkOf: () => Promise.resolve(null),
    shutOutOf: () => null,
    hasOffered: () => Promise.resolve(false),
  },
  seals: createSeals({ key: new Uint8Array(32), clock }),
  places: { judge: () => Promise.resolve(null) },
  clock,
});

describe('manifest.yml', () => {
  it('has the scopes of the methods that are called, of the command and of mentions', async () => {
    const text = await sources();
    const catalog = methodCatalog(new Uploads());
    const called = [...catalog.keys()].filter((method) => text.includes(`lient.${method}(`));

    const needed = new Set(['commands', 'app_mentions:read']);
    for (const method of called) {
      for (const scope of catalog.get(method)?.scopes ?? []) needed.add(scope);
      // Channels are public or private: which scope is needed shows when the channel is known.
      if (method === 'conversations.info')
        for (const kind of ['channels', 'groups']) needed.add(`${kind}:read`);
      if (/^conversations\.(history|replies)$/.test(method))
        for (const kind of ['channels', 'groups']) needed.add(`${kind}:history`);
    }
    expect(called.length).toBeGreaterThan(10);
    expect([...needed].sort()).toEqual((await manifestScopes()).sort());
  });

  it('names the commands and events that have a listener', async () => {
    const events = [...(await sources()).matchAll(/app\.event\('([^']+)'/g)].map(([, name]) => name);

    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(
      Object.keys(listeners.commands),
    );
    expect(manifest.features.slash_commands.every((command) => command.should_escape)).toBe(true);
    // What is said in a channel has a name for each kind of channel, and one in Bolt.
    const named = manifest.settings.event_subscriptions.bot_events.map((event) => event.split('.')[0]);
    expect(new Set(named)).toEqual(new Set(events));
    expect(manifest.features.shortcuts.map(({ callback_id }) => callback_id)).toEqual(
      Object.keys(listeners.shortcuts),
    );
  });

  it('lets every button and form that is rendered reach a listener', async () => {
    const text = await sources();
    const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name ?? '');
    const buttons = [
      ...all(/actionId: '([\w-]+)'/g),
      ...all(/(?:action(?:Id|_id):|[?:]|menu\() ?actionIds\.(\w+)/g).map(
        (name) => actionIds[name as keyof typeof actionIds],
      ),
      ...all(/action(?:Ids)?: Readonly<Record<GateName, string>> = \{([^}]*)\}/g).flatMap((ids) =>
        [...ids.matchAll(/: '([\w-]+)'/g)].map(([, id]) => id ?? ''),
      ),
      returnToOldId,
    ];
    const forms = [
      ...all(/\bform\(\{\s*id: '([\w-]+)'/g),
      ...all(/\bid: viewIds\.(\w+)/g).map((name) => viewIds[name as keyof typeof viewIds]),
      returnToOldId,
      errandFormId,
    ];
    const searched = all(/\boptionId: optionIds\.(\w+)/g);

    expect(new Set(buttons)).toEqual(new Set(Object.keys(listeners.presses)));
    expect(new Set(forms)).toEqual(new Set(Object.keys(listeners.submissions)));
    expect(new Set(searched)).toEqual(new Set(Object.keys(optionIds)));
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });
});

import fs from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../agent/package-root.ts';

const manifestSchema = z.looseObject({
  features: z.looseObject({
    bot_user: z.looseObject({ display_name: z.string() }),
    shortcuts: z.array(z.looseObject({ name: z.string(), callback_id: z.string() })).default([]),
    slash_commands: z.array(
      z.looseObject({ command: z.string(), description: z.string(), usage_hint: z.string().optional() }),
    ),
  }),
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({ bot_events: z.array(z.string()) }).optional(),
  }),
});

/** What manifest.yml gives the app in a workspace; the local Slack grants exactly this and no more. */
export function botManifest(): {
  name: string;
  commands: { command: string; description: string; usageHint: string }[];
  shortcuts: { callbackId: string; name: string }[];
  scopes: string[];
  events: string[];
} {
  const manifest = manifestSchema.parse(parse(fs.readFileSync(join(packageRoot(), 'manifest.yml'), 'utf8')));
  return {
    name: manifest.features.bot_user.display_name,
    commands: manifest.features.slash_commands.map(({ command, description, usage_hint }) => ({
      command,
      description,
      usageHint: usage_hint ?? '',
    })),
    shortcuts: manifest.features.shortcuts.map(({ callback_id: callbackId, name }) => ({ callbackId, name })),
    scopes: manifest.oauth_config.scopes.bot,
    events: manifest.settings.event_subscriptions?.bot_events ?? [],
  };
}

import { z } from 'zod';
import { SlackRefusal } from '../refusal.ts';
import type { FileObject } from '../state/entities.ts';
import { newId, newSecret } from '../state/ids.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Method } from './method.ts';

/** An upload that was promised: `files.getUploadURLExternal`, the bytes, `files.completeUploadExternal`. */
interface Upload {
  readonly fileId: string;
  readonly name: string;
  readonly length: number;
  bytes: Uint8Array | null;
}

const completions = z
  .array(z.object({ id: z.string(), title: z.string().optional(), highlight_type: z.string().optional() }))
  .min(1);

/** The file methods and the place where uploads wait for their completion. */
export class Uploads {
  private readonly bySecret = new Map<string, Upload>();

  /** Takes the bytes of an upload URL; the size must be the promised one. */
  receive(secret: string, bytes: Uint8Array): string {
    const upload = this.bySecret.get(secret);
    if (upload === undefined) throw new SlackRefusal('file_not_found');
    if (bytes.byteLength !== upload.length) throw new SlackRefusal('invalid_length');
    upload.bytes = bytes;
    return `OK - ${bytes.byteLength}`;
  }

  readonly methods: Readonly<Record<string, Method>> = {
    'files.getUploadURLExternal': {
      token: 'bot',
      scopes: ['files:write'],
      tier: 4,
      run: ({ args, workspace }) => {
        const name = args.required('filename');
        const length = args.count('length', 0);
        if (length === 0) throw new SlackRefusal('missing_argument');
        if (length > workspace.rules.fileBytesMax) throw new SlackRefusal('file_upload_size_restricted');
        const secret = newSecret();
        const fileId = newId('F');
        this.bySecret.set(secret, { fileId, name, length, bytes: null });
        return { upload_url: `${workspace.baseUrl}/upload/${secret}`, file_id: fileId };
      },
    },

    'files.completeUploadExternal': {
      token: 'bot',
      scopes: ['files:write'],
      tier: 4,
      run: ({ args, workspace }) => {
        const wanted = completions.safeParse(args.json('files'));
        if (!wanted.success) throw new SlackRefusal('invalid_arguments');
        const channelId = args.optional('channel_id');
        const bot = workspace.people.app.botUserId;
        const channel = channelId === undefined ? null : workspace.channels.visibleTo(bot, channelId);
        if (channel !== null && !channel.members.has(bot)) throw new SlackRefusal('not_in_channel');
        const threadTs = args.optional('thread_ts');
        if (channel !== null && threadTs !== undefined && !workspace.messages.find(channel.id, threadTs))
          throw new SlackRefusal('thread_not_found');
        const blocks = args.blocks(workspace.rules);
        const files = wanted.data.map(({ id, title }) => {
          const [secret, upload] = [...this.bySecret].find(([, candidate]) => candidate.fileId === id) ?? [];
          if (secret === undefined || upload === undefined || upload.bytes === null)
            throw new SlackRefusal('file_not_found');
          return { secret, upload, bytes: upload.bytes, title: title ?? upload.name };
        });
        const objects = files.map(({ secret, upload, bytes, title }) => {
          const object = fileObject(workspace, upload, { title, channel: channel?.id });
          workspace.addFile(object, bytes);
          this.bySecret.delete(secret);
          return object;
        });
        if (channel !== null)
          workspace.postAsApp(channel, {
            text: args.optional('initial_comment') ?? '',
            blocks,
            files: objects,
            threadTs,
          });
        return { files: objects };
      },
    },
  };
}

function fileObject(
  workspace: Workspace,
  upload: Upload,
  more: { title: string; channel: string | undefined },
): FileObject {
  const extension = /\.([a-z0-9]+)$/i.exec(upload.name)?.[1]?.toLowerCase() ?? 'text';
  const seconds = Math.floor(workspace.now() / 1000);
  const url = `${workspace.baseUrl}/files/${upload.fileId}/${encodeURIComponent(upload.name)}`;
  return {
    id: upload.fileId,
    created: seconds,
    timestamp: seconds,
    name: upload.name,
    title: more.title,
    mimetype: mimeTypes[extension] ?? 'application/octet-stream',
    filetype: extension,
    pretty_type: extension.toUpperCase(),
    user: workspace.people.app.botUserId,
    user_team: workspace.team.id,
    mode: 'hosted',
    editable: false,
    is_external: false,
    is_public: more.channel !== undefined,
    size: upload.length,
    url_private: url,
    url_private_download: url,
    permalink: url,
    channels: more.channel === undefined ? [] : [more.channel],
  };
}

const mimeTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  log: 'text/plain',
  md: 'text/markdown',
  png: 'image/png',
  text: 'text/plain',
  txt: 'text/plain',
};

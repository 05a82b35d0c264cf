import type { WebClient } from '@slack/web-api';
import { AuroraError } from '../../aurora/errors.ts';
import { readSlackFailure } from '../slack-failure.ts';
import { uploadFile } from '../upload.ts';
import { renderPng } from './render-png.ts';

/** What is seen better than read. */
export interface Picture {
  readonly name: string;
  readonly title: string;
  /** The same in words, as mrkdwn: it stands above the picture, for who cannot see it. */
  readonly words: string;
  readonly svg: string;
}

/** Puts pictures where somebody asked for one. */
export interface Pictures {
  /** Seen by all who are there. AuroraError `picture-failed` when it could not be drawn or shown. */
  show(place: { channel: string; threadTs: string | null }, picture: Picture): Promise<void>;
}

export function createPictures(deps: { client: WebClient; fetch?: typeof fetch }): Pictures {
  const slack = { client: deps.client, fetch: deps.fetch ?? fetch };
  return {
    show: async (place, { svg, name, title, words }) => {
      const bytes = await renderPng(svg);
      try {
        await uploadFile(slack, place, { name, title, bytes, comment: words });
      } catch (error) {
        const failure = readSlackFailure(error);
        throw new AuroraError({
          code: 'picture-failed',
          message:
            failure?.kind === 'refused'
              ? `Slack does not accept the picture here: ${failure.code}.`
              : 'The picture did not reach Slack.',
          hint: 'If the bot is not in this channel, invite it (`/invite @aurora`), then ask again.',
          cause: error,
        });
      }
    },
  };
}

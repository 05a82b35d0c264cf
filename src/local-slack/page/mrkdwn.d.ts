/** Types of `mrkdwn.js`, which the page loads as it is and the transcript printer imports. */
export type MrkdwnNode =
  | { readonly type: 'text' | 'code' | 'pre'; readonly text: string }
  | {
      readonly type: 'bold' | 'italic' | 'strike' | 'quote';
      readonly children: readonly MrkdwnNode[];
    }
  | { readonly type: 'link'; readonly url: string; readonly label: string }
  | {
      readonly type: 'user' | 'channel' | 'usergroup';
      readonly id: string;
      readonly label: string | null;
    }
  | { readonly type: 'broadcast'; readonly range: string }
  | {
      readonly type: 'date';
      readonly timestamp: number;
      readonly format: string;
      readonly url: string | null;
      readonly fallback: string;
    }
  | { readonly type: 'emoji'; readonly name: string };

/** Reads mrkdwn into nodes. Nothing throws: what is not markup is text. */
export function parseMrkdwn(source: string): MrkdwnNode[];
/** Reads one run of text without fences and quotes. */
export function parseInline(source: string): MrkdwnNode[];
/** The URL if it is http, https or mailto, else `null`. */
export function safeUrl(url: string): string | null;
/** A date token's format filled in. `timestamp` in seconds, `now` in milliseconds. */
export function formatDate(
  timestamp: number,
  format: string,
  options?: { utc?: boolean; now?: number },
): string;

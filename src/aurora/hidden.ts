/**
 * The one place that knows what a secret looks like inside a text: whoever shows, logs, keeps or sends text that came from a
 * flag, an address, a command or a person asks here. By the value, because secrets stand in flags that are not called so
 * (`-mesos_master_address=zk://user:password@…`) and in the middle of sentences.
 */

/** What is shown instead. */
export const hidden = '(hidden)';

/** `$1` stays. Each is bounded, because texts are long and come from anybody. */
const secrets: readonly RegExp[] = [
  // A password of ZooKeeper may hold a slash; the last @ before a blank ends it.
  /(\bzk:\/\/)[^\s"'<>]{1,500}(?=@)/gi,
  // Of any other address, up to where its path begins.
  /(:\/\/)[^\s"'<>/?#|]{1,500}(?=@)/g,
  // By the name before it: parameters of an address, Java properties, variables, flags.
  /((?:token|passw(?:or)?d|passphrase|secret|credentials?|api_?key|access_?key)(?:\s{0,2}=\s{0,2}["']?|["']\s?:\s?["']|%3d))(?!\()[^\s"'&#,;<>]{1,500}/gi,
  // The header, and the pair behind its scheme.
  /(\bauthorization["']?\s{0,2}[:=]\s{0,2}["']?)[^"'\r\n]{1,500}/gi,
  /(\b(?:basic|bearer)\s+)(?=[A-Za-z0-9+/._~-]{0,500}[0-9+/=._~-])[A-Za-z0-9+/=._~-]{8,500}/gi,
  // Of ZooKeeper: digest:user:password, as in its access lists.
  /(\bdigest:)[^\s"',:]{1,200}:[^\s"',]{1,300}/g,
  // Slack's.
  /(\bx(?:ox[a-z]|app)-)[A-Za-z0-9-]{6,200}/g,
];

/** The text without the secrets in it. Hidden twice it is the same. */
export function hideSecrets(text: string): string {
  return secrets.reduce((shown, secret) => shown.replace(secret, `$1${hidden}`), text);
}

/** The same for each text inside a line of JSON; any other line is a text. */
export function hideInJson(line: string): string {
  try {
    const hide = (_key: string, value: unknown): unknown =>
      typeof value === 'string' ? hideSecrets(value) : value;
    return `${JSON.stringify(JSON.parse(line, hide))}\n`;
  } catch {
    return hideSecrets(line);
  }
}

/** How the page asks the bot, and the small things that both pages do. */

/** Where the bot is: what the page was built for (`data-bot`), else what the link says, else where the page comes from. */
function botUrl() {
  const pinned = document.documentElement.dataset.bot ?? '';
  const asked = new URLSearchParams(location.search).get('bot') ?? '';
  const base = pinned === '' ? asked : pinned;
  return base === '' ? new URL('.', location.href) : new URL(`${base.replace(/\/+$/, '')}/sign/`);
}

/** The bot's answer. Throws an Error with a sentence. */
export async function askBot(call, body) {
  let response;
  try {
    response = await fetch(new URL(`api/${call}`, botUrl()), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      referrerPolicy: 'no-referrer',
    });
  } catch {
    throw new Error(
      'The bot does not answer. Check whether it can be reached from here, and load the page again.',
    );
  }
  const answer = await response.json().catch(() => null);
  if (answer === null) throw new Error('The bot gave an answer that this page cannot read. Load it again.');
  if (typeof answer.error === 'string') throw new Error(answer.error);
  return answer;
}

export function toBase64Url(buffer) {
  const bytes = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64Url(text) {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

export function element(id) {
  return document.getElementById(id);
}

/** The one sentence at the end. `kind` is `good`, `bad` or `plain`. */
export function say(sentence, kind = 'plain') {
  const status = element('status');
  status.textContent = sentence;
  status.dataset.kind = kind;
  document.documentElement.dataset.state = kind;
}

/** Browsers say little about why a passkey was not used. */
export function passkeyFault(error) {
  if (error.name === 'NotAllowedError')
    return 'Nothing was signed: it was cancelled, took too long, or no passkey of yours is on this device.';
  if (error.name === 'SecurityError')
    return 'Nothing was signed: this page is not at the address that the roster names for passkeys.';
  return `Nothing was signed: ${error.message}`;
}

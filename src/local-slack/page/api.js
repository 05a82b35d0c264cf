// The page is one more user of the control API (docs/drill.md).

/** What a refusal says, for a toast. */
export class Refused extends Error {
  constructor(answer) {
    super(answer.message ?? answer.error ?? 'The local Slack did not answer.');
    this.hint = answer.hint ?? '';
    this.code = answer.error ?? '';
  }
}

async function request(path, options) {
  let answer;
  try {
    const response = await fetch(`/control/${path}`, options);
    answer = await response.json();
  } catch {
    throw new Refused({ message: 'The local Slack does not answer.', hint: 'Is the drill still running?' });
  }
  if (answer.ok !== true) throw new Refused(answer);
  return answer;
}

export const read = (path) => request(path);

export const act = (path, body) =>
  request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Follows the feed; `onEvent` gets each event, `onLost` is told when the line drops and when it is back. */
export function follow({ after, run, onEvent, onLost }) {
  const source = new EventSource(`/control/stream?after=${after}&run=${run}`);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onerror = () => onLost(true);
  source.onopen = () => onLost(false);
  return () => source.close();
}

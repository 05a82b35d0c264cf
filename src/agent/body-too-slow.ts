import { AuroraError } from '../aurora/errors.ts';
import { timeText } from '../aurora/time-text.ts';

/** For a body that did not come within its bound. */
export function bodyTooSlow(ms: number): AuroraError {
  return new AuroraError({
    code: 'body-too-slow',
    message: `The body of the request did not arrive within ${timeText(ms)}.`,
    hint: 'Send it again over a better connection; nothing was done.',
  });
}

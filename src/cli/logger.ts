import { type Logger, pino } from 'pino';
import { hideInJson } from '../aurora/hidden.ts';

/** Lines of JSON on standard output, without the secrets that somebody's error may hold. */
export function createLogger(program: 'agent' | 'bot'): Logger {
  const options = { base: { program }, hooks: { streamWrite: hideInJson } };
  return pino(options, pino.destination({ dest: 1, sync: true }));
}

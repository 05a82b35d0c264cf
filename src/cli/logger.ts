import { type Logger, pino } from 'pino';
import { hideInJson } from '../aurora/hidden.ts';
import { escapedLines } from '../aurora/printable.ts';

/** Lines of JSON on standard output, without the secrets that somebody's error may hold, and without what could not be seen. */
export function createLogger(program: 'agent' | 'bot'): Logger {
  const options = {
    base: { program },
    hooks: { streamWrite: (line: string) => escapedLines(hideInJson(line)) },
  };
  return pino(options, pino.destination({ dest: 1, sync: true }));
}

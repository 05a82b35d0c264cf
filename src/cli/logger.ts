import { type Logger, pino } from 'pino';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import { hideInJson } from '../aurora/hidden.ts';
import { type LogLevel, logLevels } from '../aurora/log-level.ts';
import { escapedLines } from '../aurora/printable.ts';

/** Lines of JSON on standard output, without the secrets that somebody's error may hold, and without what could not be seen. */
export function createLogger(program: 'agent' | 'bot', level: LogLevel): Logger {
  const options = {
    base: { program },
    level,
    hooks: { streamWrite: (line: string) => escapedLines(hideInJson(line)) },
  };
  return pino(options, pino.destination({ dest: 1, sync: true }));
}

/** `LOG_LEVEL` goes before the configuration: it is for one run. AuroraError `log-level-invalid`. */
export function chooseLogLevel(env: NodeJS.ProcessEnv, configured: LogLevel): LogLevel {
  const asked = env['LOG_LEVEL'] ?? '';
  if (asked === '') return configured;
  const level = z.enum(logLevels).safeParse(asked);
  if (level.success) return level.data;
  throw new AuroraError({
    code: 'log-level-invalid',
    message: `LOG_LEVEL is ${JSON.stringify(asked.slice(0, 40))}, which is not a log level.`,
    hint: `It is one of ${logLevels.join(', ')}.`,
  });
}

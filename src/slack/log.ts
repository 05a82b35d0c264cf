/** How this room logs: the shape of a pino child logger, without the library. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', fields: object, text: string) => void;

/** The part of pino that is needed; `createLog(pino().child({ room: 'slack' }))`. */
type LogTarget = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, text: string) => void>;

/** Turns a pino logger into `Log`. */
export function createLog(target: LogTarget): Log {
  return (level, fields, text) => target[level](fields, text);
}

/** Sees the calls that change a scheduler, where they leave the process: in the body of a request. */
import http, { type ClientRequest } from 'node:http';

type When = 'before' | 'during' | 'after';

/** TJSON: `[1,"commitRecovery",…`. Reads have other names. */
const changing =
  /"(stageRecovery|unloadRecovery|deleteRecoveryTasks|commitRecovery|trigger\w+TaskReconciliation)"/;

/** `during` is when the whole request has left and nothing was answered, `after` when an answer begins. */
export function watchCalls(onCall: (when: When, method: string) => void): void {
  const { request } = http;
  const watched = (...args: unknown[]): ClientRequest => {
    const made = Reflect.apply(request, http, args) as ClientRequest;
    let method: string | null = null;
    for (const part of ['write', 'end'] as const) {
      const send = made[part].bind(made) as (...values: unknown[]) => unknown;
      Object.defineProperty(made, part, {
        value: (...values: unknown[]) => {
          method ??= changing.exec(textOf(values[0]))?.[1] ?? null;
          if (method !== null && part === 'write') onCall('before', method);
          return send(...values);
        },
      });
    }
    made.once('finish', () => {
      if (method !== null) onCall('during', method);
    });
    made.prependOnceListener('response', () => {
      if (method !== null) onCall('after', method);
    });
    return made;
  };
  http.request = watched as typeof request;
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : '';
}

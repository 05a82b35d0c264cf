/** The bot's points: before an event is written into the journal, and after the transaction with it is on disk. */
import { z } from 'zod';
import type { Pass } from './kill.ts';
import { watchStatements } from './statements.ts';

const eventSchema = z.looseObject({
  type: z.string(),
  step: z.string().optional(),
  gate: z.string().optional(),
  kind: z.string().optional(),
  operationId: z.string().optional(),
  outcome: z.string().optional(),
});

/** Watches the journal of the bot from now on. */
export function watchBot(pass: Pass): void {
  let written: string[] = [];
  watchStatements({
    before: ({ sql, values }) => {
      if (!sql.startsWith('insert into events')) return;
      // Restore, sequence, instant, body, hash: the order of src/store/store.ts.
      const name = nameOfEvent(String(values[3]));
      pass(`bot:before:${name}`);
      written.push(name);
    },
    after: ({ sql }) => {
      if (!sql.startsWith('commit')) return;
      const names = written;
      written = [];
      for (const name of names) pass(`bot:after:${name}`);
    },
  });
}

function nameOfEvent(body: string): string {
  const { type, step, gate, kind, operationId, outcome } = eventSchema.parse(JSON.parse(body));
  const [, , stepOfOperation, , kindOfOperation] = operationId?.split('.') ?? [];
  return [type, step ?? stepOfOperation, gate, kind ?? kindOfOperation, outcome]
    .filter((part) => part !== undefined)
    .join(':');
}

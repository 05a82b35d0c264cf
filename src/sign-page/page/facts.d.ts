/** Types of `facts.js`, which the page loads as it is and Slack's form imports. */
import type { Statement } from '../../aurora/statement.ts';

export function titleOf(statement: Pick<Statement, 'intent' | 'cluster'>): string;
export function meaningOf(statement: Pick<Statement, 'intent'>): string;
export function factsOf(
  statement: Statement,
  nameOf?: (person: string) => string,
): (readonly [name: string, value: string])[];

/** Types of `statement-text.js`, which the page loads as it is and tests compare with the product's own. */
import type { Statement } from '../../aurora/statement.ts';

export function statementText(statement: Statement): string;
export function challengeOf(statement: Statement): Promise<ArrayBuffer>;

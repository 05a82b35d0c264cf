import { join } from 'node:path';

/** The program that bot and agents are, as a file of this project. */
export function mainProgram(): string {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  return join(import.meta.dirname, '..', '..', 'cli', `main.${extension}`);
}

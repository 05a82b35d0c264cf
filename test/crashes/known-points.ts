import type { Scene } from './scene.ts';
export function listKnownPoints(_: readonly Scene[]): readonly string[] {
  return [];
}
export function findNeverMet(_: readonly Scene[], __: ReadonlySet<string>): readonly string[] {
  return [];
}

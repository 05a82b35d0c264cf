import { lineOf } from './text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One line of foreign text inside an element, or inside an attribute between quotes. */
export function escapeHtml(text: string): string {
  return lineOf(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Everything a person can be shown that lies as text in the source: what `npm run words` lists and judges. */
import ts from 'typescript';

export interface Text {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** What is put in while the program runs stands as `{expression}`. */
  readonly words: string;
}

interface Source {
  readonly file: string;
  readonly text: string;
}

/** Two words beside each other, or a word beside something put in: what has neither is a name that programs read. */
const prose = /[\p{L}\d})`'".,;:?!…)*_-] +[\p{L}{(`'"*_<-]/u;
/** A word alone is text where it is the value of one of these. */
const shownKeys = new Set(['text', 'label', 'title', 'hint', 'message', 'summary', 'name', 'placeholder']);
/** Statements, scripts and styles, which are read by programs. */
const forPrograms =
  /^\s*(select |insert |create (unique )?(table|index)|update \w+ set|delete from|pragma |alter |begin immediate|#!|set -|default-src|:root \{)/i;
const readByPrograms = new Set([
  'RegExp',
  'raw',
  'sql',
  'querySelector',
  'querySelectorAll',
  'split',
  'match',
]);

/** Reads texts out of TypeScript or JavaScript: each with all that is joined to it by `+`. */
export function textsOfCode({ file, text }: Source): Text[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (isForPrograms(node)) return;
    const words = wordsOf(node);
    if (words !== null && isShown(node, words)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ file, line, words: words.trim() });
    }
    if (words === null) ts.forEachChild(node, visit);
    else putIn(node).forEach(visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function isForPrograms(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return true;
  if (ts.isTaggedTemplateExpression(node)) return readByPrograms.has(lastName(node.tag));
  if (ts.isStringLiteral(node) && ts.isPropertyAssignment(node.parent)) return node.parent.name === node;
  const isCall = ts.isCallExpression(node.parent) || ts.isNewExpression(node.parent);
  return isCall && node.parent.expression !== node && readByPrograms.has(lastName(node.parent.expression));
}

function lastName(node: ts.Node): string {
  return ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
}

/** The text that a node writes, or `null` when it writes none. */
function wordsOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return (
      node.head.text + node.templateSpans.map((span) => nameOf(span.expression) + span.literal.text).join('')
    );
  }
  if (!isJoin(node)) return null;
  const sides = [wordsOf(node.left), wordsOf(node.right)];
  if (sides.every((side) => side === null)) return null;
  return (sides[0] ?? nameOf(node.left)) + (sides[1] ?? nameOf(node.right));
}

function isJoin(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function nameOf(expression: ts.Expression): string {
  return `{${expression
    .getText()
    .replaceAll(/[{}]|\s+/g, ' ')
    .slice(0, 40)}}`;
}

/** What is put into a text is looked at by itself: it may choose between sentences. */
function putIn(node: ts.Node): ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map((span) => span.expression);
  if (!isJoin(node)) return [];
  return [node.left, node.right].flatMap((side) => (wordsOf(side) === null ? [side] : putIn(side)));
}

function isShown(node: ts.Node, words: string): boolean {
  if (forPrograms.test(words) || /^[\w-]+-\{[^}]*\}$/.test(words)) return false;
  if (prose.test(words)) return true;
  const { parent } = node;
  const isValue = ts.isPropertyAssignment(parent) && shownKeys.has(parent.name.getText());
  return isValue && /^\p{Lu}\p{Ll}+/u.test(words);
}

/** Texts of a page: what stands between its tags, styles and scripts left out. */
export function textsOfPage({ file, text }: Source): Text[] {
  const bare = text.replaceAll(/<(style|script)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, (gone) =>
    gone.replaceAll(/[^\n]/g, ''),
  );
  return [...bare.matchAll(/[^<>]+(?=<)/g)].flatMap(({ 0: words, index }) => {
    const shown = words.trim().replaceAll(/\s+/g, ' ');
    const start = index + words.length - words.trimStart().length;
    return /\p{L}/u.test(shown) && bare[index - 1] === '>'
      ? [{ file, line: bare.slice(0, start).split('\n').length, words: shown }]
      : [];
  });
}

/** Texts of a YAML file that people are shown: its summaries, descriptions and hints. */
export function textsOfYaml({ file, text }: Source): Text[] {
  return [...text.matchAll(/^[ -]*(?:summary|description|usage_hint|name): (.*)$/gm)].map(
    ({ 1: words = '', index }) => ({
      file,
      line: text.slice(0, index).split('\n').length,
      words: words.trim().replaceAll(/^"|"$/g, ''),
    }),
  );
}

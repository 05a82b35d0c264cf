/**
 * Citations of pages in comments and texts: `aurora.md 4.2, 14 F and G`, `CONTRIBUTING.md, "To add a step"`,
 * `docs/agent.md`, and links between pages. A citation is followed over the end of a line.
 */

export interface Page {
  /** Sections by number, for instance `4.2` or `14 F`, with the lines of the section up to the next heading. */
  readonly sections: ReadonlyMap<string, string>;
  readonly headings: ReadonlySet<string>;
  /** Of headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

/** Answers the page of that path; `null` when there is none. Paths begin at the root of the repository. */
type FindPage = (path: string) => Page | null;

const heading = /^#{1,6} (.+)$/gm;
const sectionNumber = /^(\d+(?:\.\d+)?(?: [A-Z](?=\.))?)/;

export function readPage(markdown: string): Page {
  const found = [...markdown.matchAll(heading)];
  const titles = found.map(([, title = '']) => title);
  const sections = found.flatMap(({ index }, at): [string, string][] => {
    const number = sectionNumber.exec(titles[at] ?? '')?.[1];
    return number === undefined ? [] : [[number, markdown.slice(index, found[at + 1]?.index)]];
  });
  return {
    sections: new Map(sections),
    headings: new Set(titles.map((title) => title.replace(/^[\d.]+ (?:[A-Z]\. )?/, ''))),
    anchors: new Set(titles.map(anchorOf)),
  };
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
    .replaceAll(' ', '-');
}

const item = String.raw`(?:\d+(?:\.\d+)?(?: [A-Z]\b)?|[A-Z]\b|rule \d+|"[^"]+")`;
const citation = new RegExp(
  String.raw`(?<![\w/.-])([\w./-]*[\w-]+\.md)(?:#([\w-]+))?((?:,?\s+(?:(?:and|to)\s+)?${item})*)`,
  'g',
);
/** Where a page that is cited without a folder may lie. */
const rooms = ['', 'docs/', 'docs/reference/'];
/** Pages of LevelDB, and the one that `setup` writes into each installation. */
const elsewhere = new Set([
  'doc/table_format.md',
  'doc/log_format.md',
  'NEXT-STEPS.md',
  '/NEXT-STEPS.md',
  // Made when the package is.
  'dist/LICENCES.md',
  'lib/aurora-chatops/dist/LICENCES.md',
]);

/** What is wrong with the citations of one file, a sentence each. `path` begins at the root of the repository. */
export function checkCitations(file: { path: string; text: string }, find: FindPage): string[] {
  const text = joinLines(file);
  return [...text.matchAll(citation)].flatMap((match) => {
    const [, cited = '', anchor, where = ''] = match;
    if (elsewhere.has(cited)) return [];
    const line = file.text.slice(0, match.index).split('\n').length;
    const at = `${file.path}:${line}: ${cited}`;
    const page = lookUp(file.path, cited, find);
    if (page === null) return [`${at} is not a page of this repository`];
    return [
      ...(anchor === undefined || page.anchors.has(anchor) ? [] : [`${at} has no anchor #${anchor}`]),
      ...missingFrom(page, where).map((what) => `${at} has no ${what}`),
    ];
  });
}

/** Comment marks at the beginning of a line become blanks, so that every character keeps its place. */
function joinLines({ path, text }: { path: string; text: string }): string {
  const next = path.endsWith('.md') ? /\n(?!\s*(?:\n|#|[-|]))/g : /\n[ \t]*(?:\*(?!\/)|\/\/|#)?/g;
  return text.replace(next, (mark) => ' '.repeat(mark.length));
}

function lookUp(from: string, cited: string, find: FindPage): Page | null {
  const beside = new URL(cited, `file:///${from}`).pathname.slice(1);
  const paths = [beside, ...rooms.map((room) => room + cited)];
  return paths.map(find).find((page) => page !== null) ?? null;
}

/** `14 G and H` is `14 G` and `14 H`; `5, rule 3` is a numbered line of section 5. */
function missingFrom(page: Page, where: string): string[] {
  let section = '';
  return [...where.matchAll(new RegExp(item, 'g'))].flatMap(([what]) => {
    if (what.startsWith('"')) {
      const title = what.slice(1, -1).replaceAll(/\s+/g, ' ');
      return page.headings.has(title) ? [] : [`heading ${what}`];
    }
    if (what.startsWith('rule ')) {
      const rule = `\n${what.slice('rule '.length)}. `;
      return page.sections.get(section)?.includes(rule) === true ? [] : [`${what} in section ${section}`];
    }
    section = /^[A-Z]$/.test(what) ? `${section.split(' ')[0]} ${what}` : what;
    return page.sections.has(section) ? [] : [`section ${section}`];
  });
}

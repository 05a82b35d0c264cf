import type { SimulatedRelease } from '../../release/simulated-release.ts';

/** How the plain pages of a release are labelled, as recorded from 0.9.0, 0.17.0 and 0.20.0. */
interface PageStyle {
  readonly server: string;
  readonly text: string;
  readonly html: string;
  /** Paths that do not exist and are answered with a page; the others with nothing. */
  readonly notFoundPage: RegExp;
  readonly closesAfterError: boolean;
}

export const pageStyles: Readonly<Record<SimulatedRelease['pages'], PageStyle>> = {
  'jetty-7': {
    server: 'Jetty(7.6.15.v20140411)',
    text: 'text/plain;charset=ISO-8859-1',
    html: 'text/html;charset=ISO-8859-1',
    notFoundPage: /^/,
    closesAfterError: false,
  },
  'jetty-9': {
    server: 'Jetty(9.3.11.v20160721)',
    text: 'text/plain',
    html: 'text/html;charset=iso-8859-1',
    notFoundPage: /^(?!\/vars\/)/,
    closesAfterError: true,
  },
  'utf-8': {
    server: 'Jetty(9.3.11.v20160721)',
    text: 'text/plain;charset=utf-8',
    html: 'text/html;charset=iso-8859-1',
    notFoundPage: /^$/,
    closesAfterError: true,
  },
};

/** Jetty's own page for an error. */
export function errorPage(status: number, problem: { path: string; reason: string }): string {
  const escaped = problem.reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
  return [
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>',
    `<title>Error ${status} </title>\n</head>\n<body>\n<h2>HTTP ERROR: ${status}</h2>`,
    `<p>Problem accessing ${problem.path}. Reason:\n<pre>    ${escaped}</pre></p>\n</body>\n</html>\n`,
  ].join('\n');
}

/** What 503 shows; the real one sends it without a media type. */
export const noLeaderPage = '<!doctype html>\n<html><body><h2>No Leader Found</h2></body></html>\n';

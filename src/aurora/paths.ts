/** Paths as people write them in configurations and flags, brought into the one form in which they can be compared. */

/** An absolute path without `//`, `/./`, `..` and a slash at its end. Links are the host's to follow. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** However they are written. */
export function samePath(a: string, b: string): boolean {
  return normalPath(a) === normalPath(b);
}

/** `path` is `root` or below it; both absolute. */
export function isWithin(path: string, root: string): boolean {
  const [inner, outer] = [normalPath(path), normalPath(root)];
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

/** What stands under which name. */
interface NamedPath {
  /** As the key of a configuration, such as `paths.log`. */
  readonly key: string;
  readonly path: string;
}

/** Each pair of which one is the other, or lies in it, as a sentence: what is moved or filled in one must not be the other. */
export function overlaps(paths: readonly NamedPath[]): readonly string[] {
  return paths.flatMap((one, index) =>
    paths.slice(index + 1).flatMap((other) => {
      if (samePath(one.path, other.path)) return [`${one.key} and ${other.key} are both ${one.path}.`];
      if (isWithin(one.path, other.path))
        return [`${one.key} (${one.path}) lies in ${other.key} (${other.path}).`];
      if (isWithin(other.path, one.path))
        return [`${other.key} (${other.path}) lies in ${one.key} (${one.path}).`];
      return [];
    }),
  );
}

import { errors, Refusal } from './codes.ts';

/** Throws `Refusal` (bad arguments) unless `path` is one ZooKeeper takes: `PathUtils.validatePath` of 3.8. */
export function assertPath(path: string): void {
  if (path === '/') return;
  const parts = path.split('/').slice(1);
  const bad =
    !path.startsWith('/') ||
    parts.some((part) => part === '' || part === '.' || part === '..' || hasUnprintable(part));
  if (bad) throw new Refusal(errors.badArguments, path);
}

/** The path one level up; the root for a child of the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function hasUnprintable(part: string): boolean {
  return [...part].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
  });
}

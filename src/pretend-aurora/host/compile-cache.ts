/**
 * Where Node keeps what it has compiled, for the environment of a program: the caller's place, if it has one. A drill starts
 * hundreds of programs, and most of what a start costs is compiling.
 */
export function compileCache(): Readonly<Record<string, string>> {
  const directory = process.env['NODE_COMPILE_CACHE'];
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}

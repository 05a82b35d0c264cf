import { installDebianPackages, MissingPackages, unpackPromtool } from './support/debian.ts';

// Runs before `npm test`: the tests use the real ZooKeeper, PostgreSQL and a real browser, from Debian.
try {
  const say = (line: string): void => console.log(line);
  installDebianPackages(say);
  unpackPromtool(say);
} catch (error) {
  if (!(error instanceof MissingPackages)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

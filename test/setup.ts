import { installDebianPackages, MissingPackages } from './support/debian.ts';

// Runs before `npm test`: the tests use the real ZooKeeper, PostgreSQL and a real browser, from Debian.
try {
  installDebianPackages((line) => console.log(line));
} catch (error) {
  if (!(error instanceof MissingPackages)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** This environment without what npm and the test runner put into it for the scripts they run. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const theirs =
    /^(npm_|INIT_CWD$|NODE$|NODE_ENV$|NODE_OPTIONS$|NODE_COMPILE_CACHE$|FORCE_COLOR$|VITEST|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !theirs.test(name)));
}

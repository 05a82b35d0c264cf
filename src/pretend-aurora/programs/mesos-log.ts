import { appendEffect } from '../host/effect.ts';
import { runMesosLog } from '../mesos/tool/run.ts';

/**
 * The simulated `mesos-log`. In front of the tool's own arguments may stand `--drill-effects=FILE`: the agent
 * runs the tool with a scrubbed environment, so the place of the drill's witness comes as an argument.
 */
const argv = process.argv.slice(2);
const effectsPrefix = '--drill-effects=';
const effects = argv[0]?.startsWith(effectsPrefix) ? argv.shift()?.slice(effectsPrefix.length) : undefined;

process.exitCode = await runMesosLog(argv, {
  variables: process.env,
  now: () => new Date(),
  stderr: (text) => process.stderr.write(text),
  ...(effects !== undefined && {
    onInitialized: (path: string) =>
      appendEffect(effects, {
        effect: 'initialize',
        operationId: process.env.AURORA_OPERATION_ID ?? null,
        at: Date.now(),
        changed: true,
        detail: path,
      }),
  }),
});

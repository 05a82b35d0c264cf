import net from 'node:net';
import { AuroraError } from '../../../aurora/errors.ts';
import { OpenError } from '../leveldb/open-error.ts';
import { Replica } from '../log/replica.ts';
import { parseToolFlags, type ToolFlags } from './flags.ts';

/** What the tool does to the world, passed in. */
interface ToolEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly stderr: (text: string) => void;
  /** Told when a log has been initialised, with its path. */
  readonly onInitialized?: (path: string) => void;
}

/**
 * The simulated `mesos-log initialize` (mesos.md 1): outputs and exit codes as recorded from the real one, the usage left
 * out. Its other commands are refused: nothing of ours runs them. Resolves with the exit code.
 */
export async function runMesosLog(argv: readonly string[], environment: ToolEnvironment): Promise<number> {
  const [command, ...rest] = argv;
  if (command !== 'initialize') {
    environment.stderr(`The simulated mesos-log does not run '${command ?? ''}'\n`);
    return 1;
  }
  let flags: ToolFlags;
  try {
    flags = parseToolFlags(rest);
  } catch (thrown) {
    if (!(thrown instanceof AuroraError)) throw thrown;
    environment.stderr(`${thrown.message}\n`);
    return 1;
  }
  const say = glog(environment);
  const port = await findBoundPort(environment.variables);
  if (port !== null) {
    environment.stderr('WARNING: Logging before InitGoogleLogging() is written to STDERR\n');
    say('F', 'process.cpp:1124', `Failed to initialize: Failed to bind on ${port}: Address already in use`);
    environment.stderr('*** Check failure stack trace: ***\n');
    return 134;
  }
  try {
    const replica = new Replica(flags.path);
    say('I', 'replica.cpp:795', replica.summary);
    const exit = initialize(replica, { flags, say, environment });
    replica.close();
    return exit;
  } catch (thrown) {
    if (!(thrown instanceof OpenError)) throw thrown;
    say('E', 'replica.cpp:774', `EXIT with status 1: Failed to recover the log: ${thrown.message}`);
    return 1;
  }
}

type Say = (severity: 'I' | 'E' | 'F', place: string, text: string) => void;

function initialize(
  replica: Replica,
  run: { flags: ToolFlags; say: Say; environment: ToolEnvironment },
): number {
  if (replica.status !== 'EMPTY') {
    run.environment.stderr('The log is not empty\n');
    return 1;
  }
  replica.persistMetadata({ status: 'VOTING', promised: 0 });
  run.environment.onInitialized?.(replica.path);
  run.say('I', 'replica.cpp:322', 'Persisted replica status to VOTING');
  // Seen with 0ns: the status is persisted, and the tool still says that it timed out.
  if (run.flags.timeoutMs !== null && run.flags.timeoutMs < 1) {
    run.environment.stderr('Timed out while setting replica status\n');
    return 1;
  }
  return 0;
}

function glog(environment: ToolEnvironment): Say {
  return (severity, place, text) => {
    const at = environment.now().toISOString();
    const stamp = `${at.slice(0, 10).replaceAll('-', '')} ${at.slice(11, 23)}000`;
    environment.stderr(`${severity}${stamp} ${process.pid} ${place}] ${text}\n`);
  };
}

/**
 * libprocess opens a socket at once; an inherited LIBPROCESS_PORT that is taken aborts the tool (mesos.md
 * 1.5).
 */
async function findBoundPort(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const host = variables.LIBPROCESS_IP ?? '127.0.0.1';
  const port = Number(variables.LIBPROCESS_PORT ?? 0);
  if (port === 0) return null;
  const server = net.createServer();
  const bound = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => resolve(true));
  });
  if (!bound) return `${host}:${port}`;
  await new Promise((resolve) => server.close(resolve));
  return null;
}

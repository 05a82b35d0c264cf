/** Sees the commands that change a host: those that carry the operation they are run for in their environment. */
import childProcess, { type ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

type When = 'before' | 'during' | 'after';

/** `during` is right after the command has begun, `after` when it has ended and before anybody here knows. */
export function watchCommands(
  onCommand: (when: When, command: { command: string; operationId: string }) => void,
): void {
  const { spawn } = childProcess;
  const watched = (
    program: string,
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv },
  ): ChildProcess => {
    const operationId = options.env?.['AURORA_OPERATION_ID'];
    const start = (): ChildProcess => Reflect.apply(spawn, childProcess, [program, args, options]);
    if (operationId === undefined) return start();
    const command = { command: nameOfCommand(args), operationId };
    onCommand('before', command);
    const child = start();
    child.prependOnceListener('exit', () => onCommand('after', command));
    onCommand('during', command);
    return child;
  };
  childProcess.spawn = watched as typeof spawn;
  syncBuiltinESMExports();
}

/** A pretend host's commands are programs of Node: `hostctl … stop` is called `hostctl-stop`. */
function nameOfCommand(args: readonly string[]): string {
  const file = args.find((argument) => /\.[jt]s$/.test(argument)) ?? '';
  const program = basename(file).replace(/\.[jt]s$/, '');
  return program === 'hostctl' ? `hostctl-${args.at(-1) ?? ''}` : program;
}

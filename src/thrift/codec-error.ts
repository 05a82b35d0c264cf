import { AuroraError } from '../aurora/errors.ts';

/**
 * Bytes that are not what their schema says. `rpc-truncated`: they end too early. `rpc-malformed`: they cannot be
 * right whatever follows.
 */
export class CodecError extends AuroraError {
  /** What is wrong, as a phrase: `negative length -1`. */
  readonly problem: string;

  constructor(code: 'rpc-truncated' | 'rpc-malformed', problem: string) {
    super({
      code,
      message:
        code === 'rpc-truncated'
          ? `The Thrift data ends too early: ${problem}.`
          : `The Thrift data is malformed: ${problem}.`,
      hint:
        code === 'rpc-truncated'
          ? 'The connection was cut or the file is incomplete; look at the other side before asking again.'
          : 'Check that the address is an Aurora scheduler and that both sides use the same protocol.',
      details: { problem },
    });
    this.name = 'CodecError';
    this.problem = problem;
  }
}

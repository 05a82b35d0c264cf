import { AuroraError } from '../aurora/errors.ts';

/**
 * Bytes that are not what their schema says. `rpc-truncated`: they end too early. `rpc-malformed`: they cannot be
 * right whatever follows. Both name the byte, or the path for JSON, at which reading stopped.
 */
export class CodecError extends AuroraError {
  constructor(code: 'rpc-truncated' | 'rpc-malformed', problem: string, details?: Record<string, unknown>) {
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
      ...(details === undefined ? {} : { details }),
    });
    this.name = 'CodecError';
  }
}

import type { MessageType, StructSchema } from '../../src/thrift/schema.ts';
import { applicationException, methodResult } from '../../src/thrift/structs.ts';

/** The struct of an answer: the same for every method. */
export function answerSchema(_name: string, type: MessageType): StructSchema {
  return type === 'exception' ? applicationException : methodResult;
}

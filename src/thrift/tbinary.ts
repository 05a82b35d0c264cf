/** Thrift's TBinaryProtocol, whole messages and bare structs in memory (aurora.md 1.3). */

export { decodeMessage, decodeStruct } from './tbinary-reader.ts';
export { encodeMessage, encodeStruct } from './tbinary-writer.ts';

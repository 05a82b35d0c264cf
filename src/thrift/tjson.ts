/** Thrift's TJSONProtocol, compact and in the server's own spelling (aurora.md 1.2). */

export { decodeMessage, decodeStruct, structOf } from './tjson-reader.ts';
export { encodeMessage, encodeStruct } from './tjson-writer.ts';

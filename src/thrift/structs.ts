/** Every Thrift struct of Aurora that we read or write, by theme. */

export * from './structs/jobs.ts';
export * from './structs/response.ts';
export * from './structs/snapshot.ts';
export * from './structs/tasks.ts';
export * from './structs/updates.ts';

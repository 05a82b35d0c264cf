import { journalKeyFrom } from '../../src/store/journal-key.ts';

/** The key of a test's bot; whoever writes to its database behind its back has it not. */
export const testKey = journalKeyFrom(Buffer.alloc(32, 7));

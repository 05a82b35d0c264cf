/**
 * Rises with every change of what decoding says about a backup: what agents have kept of an earlier one is decoded again then.
 * test/backups/decoder-version.test.ts fails when the answers change and this does not.
 */
export const decoderVersion = 2;

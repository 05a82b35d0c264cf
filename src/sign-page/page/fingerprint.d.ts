/** Types of `fingerprint.js`, which the page loads as it is and tests compare with the published words. */
export function fingerprintWords(spki: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string[]>;
export function proquint(bits: number): string;

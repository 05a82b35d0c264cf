/** The very bytes that a signature is over, made here from the facts that are shown: nobody else's word is signed. */

/** The same text as `statementText` in src/aurora/statement.ts; a test holds them together. */
export function statementText(statement) {
  return `aurora-chatops statement v${statement.version}\n${canonicalJson(statement)}\n`;
}

/** Sorted keys, no blanks. */
function canonicalJson(value) {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** What a passkey signs as its challenge. */
export async function challengeOf(statement) {
  return await crypto.subtle.digest('SHA-256', new TextEncoder().encode(statementText(statement)));
}

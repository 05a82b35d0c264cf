/** Makes a passkey and shows what goes into the roster. Nothing is sent to the bot but the question where passkeys are used. */
import { askBot, element, passkeyFault, say, toBase64Url } from './bot.js';
import { fingerprintWords } from './fingerprint.js';

/** COSE numbers of what hosts verify: ES256, EdDSA, RS256. */
const algorithms = [-7, -8, -257];

async function make() {
  const { relyingParty } = await askBot('relying-party', {});
  const name = element('name').value.trim();
  const person = element('person').value.trim();
  const made = await navigator.credentials
    .create({
      publicKey: {
        // Nothing is proven by making it: the roster says whose key it is, after its words were compared.
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { id: relyingParty ?? location.hostname, name: 'Aurora restores' },
        user: { id: new TextEncoder().encode(person), name: person, displayName: name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' },
        attestation: 'none',
        timeout: 120_000,
      },
    })
    .catch((error) => {
      throw new Error(passkeyFault(error));
    });
  const spki = made.response.getPublicKey();
  if (spki === null) throw new Error('This authenticator made a key of a kind that hosts do not verify.');
  element('entry').textContent = entryOf({ name, person, id: made.rawId, spki });
  element('words').textContent = (await fingerprintWords(spki)).join(' ');
  element('made').hidden = false;
  say('Made. Nobody can sign with it before it is in the roster.', 'good');
}

/** JSON strings are YAML. */
function entryOf({ name, person, id, spki }) {
  const key = [
    `name: ${JSON.stringify(element('key').value.trim())}`,
    'type: passkey',
    `credentialId: ${JSON.stringify(toBase64Url(id))}`,
    `publicKey: ${JSON.stringify(btoa(String.fromCharCode(...new Uint8Array(spki))))}`,
  ];
  return `- id: ${JSON.stringify(person)}\n  name: ${JSON.stringify(name)}\n  keys:\n    - { ${key.join(', ')} }`;
}

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  say('Touch your authenticator.');
  make().catch((error) => say(error.message, 'bad'));
});

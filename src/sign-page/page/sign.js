/** One link, the facts, one touch: what is signed is made from what is shown. */
import { askBot, element, fromBase64Url, passkeyFault, say, toBase64Url } from './bot.js';
import { factsOf, meaningOf, titleOf } from './facts.js';
import { challengeOf } from './statement-text.js';

const link = location.hash.slice(1);

async function open() {
  if (link === '') return say('Press "Sign off…" in Slack and follow the link in its form.', 'bad');
  const { statement, person, keys, relyingParty, reason } = await askBot('open', { link });
  element('title').textContent = titleOf(statement);
  document.title = titleOf(statement);
  element('meaning').textContent = meaningOf(statement);
  element('who').textContent = `You sign as ${person.name} (${person.id}).`;
  for (const [name, value] of factsOf(statement)) {
    const term = document.createElement('dt');
    const fact = document.createElement('dd');
    term.textContent = name;
    fact.textContent = value;
    element('facts').append(term, fact);
  }
  element('note-label').textContent =
    reason === 'required' ? 'Why? This goes into the record.' : 'A note for the record (optional)';
  element('note').required = reason === 'required';
  element('note-field').hidden = reason === 'none';
  const passkeys = keys.filter(({ type }) => type === 'passkey');
  if (relyingParty === null || passkeys.length === 0)
    return say(
      'The roster has no passkey of yours. Sign with ssh-keygen: the form in Slack says how.',
      'bad',
    );
  element('form').hidden = false;
  say('');
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    void sign({ statement, passkeys, relyingParty });
  });
  element('sign').focus();
}

async function sign({ statement, passkeys, relyingParty }) {
  element('sign').disabled = true;
  say('Touch your passkey.');
  try {
    const given = await navigator.credentials
      .get({
        publicKey: {
          challenge: await challengeOf(statement),
          rpId: relyingParty,
          allowCredentials: passkeys.map(({ credentialId }) => ({
            type: 'public-key',
            id: fromBase64Url(credentialId),
          })),
          userVerification: 'required',
          timeout: 120_000,
        },
      })
      .catch((error) => {
        throw new Error(passkeyFault(error));
      });
    const { authenticatorData, clientDataJSON, signature } = given.response;
    const { sentence } = await askBot('sign', {
      link,
      note: element('note').value,
      signature: {
        format: 'passkey',
        credentialId: toBase64Url(given.rawId),
        authenticatorData: toBase64Url(authenticatorData),
        clientDataJson: toBase64Url(clientDataJSON),
        signature: toBase64Url(signature),
      },
    });
    element('form').hidden = true;
    say(sentence, 'good');
  } catch (error) {
    element('sign').disabled = false;
    say(error.message, 'bad');
  }
}

open().catch((error) => say(error.message, 'bad'));

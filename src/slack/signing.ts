/** The part of a form where a person's own signature is asked for: what is signed, and both ways to sign it. */
import type { KnownBlock } from '@slack/types';
import type { GivenSignature } from '../aurora/signatures.ts';
import { type Statement, sshNamespace, statementText } from '../aurora/statement.ts';
import type { RestoreState } from '../restore/record/state.ts';
import { factsOf, meaningOf, titleOf } from '../sign-page/page/facts.js';
import { actionIds } from './action-ids.ts';
import { actions, button, context, section } from './blocks.ts';
import { foreign } from './escape.ts';
import { typed } from './views/modal.ts';

/** What a person is asked to sign, and where. */
export interface SigningOffer {
  readonly statement: Statement;
  /** Without it a sign-off is refused; else it counts, and agents that require it would not count it. */
  readonly isRequired: boolean;
  /** The page for a passkey, with this person's link; `null` where there is none. */
  readonly pageUrl: string | null;
  /** Base URLs of the hosts' agents. */
  readonly agents: readonly string[];
}

/** The block id of the field. */
export const signatureField = 'signature';
/** Slack takes no more into one field (slack.md 4.1); an ssh signature with an RSA key of 4096 bits has 2,000. */
const signatureCharsMax = 3_000;
/** Within what a section holds, with its fences and the words before it. */
const scriptCharsMax = 2_600;

/** Blocks for a form; none where nothing is asked for. */
export function signingBlocks(offer: SigningOffer | undefined): KnownBlock[] {
  if (offer === undefined) return [];
  const { statement, isRequired, pageUrl, agents } = offer;
  const facts = factsOf(statement).map(([name, value]) => `*${name}:* ${foreign(value, 600)}`);
  return [
    section(
      `*You sign with a key of your own: ${foreign(titleOf(statement), 200)}.* ${meaningOf(statement)}\n${facts.join('\n')}`,
    ),
    ...(pageUrl === null
      ? []
      : [
          ...actions([
            {
              ...button({
                actionId: actionIds.openSignPage,
                label: 'Sign with a passkey…',
                value: statement.restore,
                style: 'primary',
              }),
              url: pageUrl,
            },
          ]),
          context('It opens a page in your browser. Once that says it is done, close this form.'),
        ]),
    section(`With an ssh key: type this in a shell, and paste what it prints.\n${scriptText(statement)}`),
    context(
      `\`aurora-chatops sign ${statement.restore} --statement ${fileOf(statement)}${agents.map((url) => ` --agent ${foreign(url, 200)}`).join('')}\` signs the same file, and shows what the hosts say is staged instead of what this bot says.`,
    ),
    typed({
      name: signatureField,
      label: isRequired ? 'Your signature' : 'Your signature (asked for, not needed yet)',
      placeholder: '-----BEGIN SSH SIGNATURE----- …',
      optional: !isRequired,
      multiline: true,
      max: signatureCharsMax,
    }),
  ];
}

/** What was pasted; nothing when nothing was. */
export function readSignature(values: Readonly<Record<string, string>>): { signature?: GivenSignature } {
  const signature = (values[signatureField] ?? '').trim();
  return signature === '' ? {} : { signature: { format: 'ssh', signature } };
}

/** The very bytes, and the command that signs them; a statement that is too long for a form is named instead. */
function scriptText(statement: Statement): string {
  const file = fileOf(statement);
  const command = `ssh-keygen -Y sign -n ${sshNamespace} -f ~/.ssh/id_ed25519 ${file}`;
  const script = `cat > ${file} <<'END'\n${statementText(statement)}END\n${command} && cat ${file}.sig`;
  return script.length > scriptCharsMax || script.includes('```')
    ? `What is signed is too long for a form: on the bot's machine \`aurora-chatops restore status ${statement.restore} --statement ${file}\` writes it to a file; then \`${command}\`.`
    : `\`\`\`${script.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\`\`\``;
}

/** What the statement is written to. */
function fileOf({ restore, intent }: Statement): string {
  return `${restore}-${intent}.txt`;
}

/** Said once in a restore where signatures are only observed: at the first decision that has none. */
export function unsignedNote(state: RestoreState): KnownBlock[] {
  if (state.proposal.policy.signatures !== 'observe') return [];
  const gates = Object.values(state.gates).filter(({ statement }) => statement !== null);
  const unsigned = gates.flatMap(({ signOffs }) => signOffs.filter(({ proof }) => proof === null)).length;
  const isReleased = typeof state.look?.released === 'object' && state.look.released !== null;
  const releases = isReleased && state.look?.releaseSigned === null ? 1 : 0;
  return unsigned + releases === 1
    ? [
        context(
          'Without a signature of their own. It counts here; hosts that require signatures would refuse it.',
        ),
      ]
    : [];
}

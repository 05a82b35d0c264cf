/** A bot's socket over a real store, with people whose ssh keys `ssh-keygen` has made, and a Slack that a test takes away. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Order, orderText, type TerminalDecision } from '../../../src/aurora/order.ts';
import { type Statement, sshNamespace, statementText } from '../../../src/aurora/statement.ts';
import type { Actor, RestoreEvent } from '../../../src/restore/record/events.ts';
import { openRosterFile } from '../../../src/signing/roster-file.ts';
import { callBot } from '../../../src/terminal/ask-bot.ts';
import { listenForTerminals } from '../../../src/terminal/listen.ts';
import type { Decided } from '../../../src/terminal/protocol.ts';
import { type Office, openOffice } from '../../restore/support/office.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';

export interface Terminal extends Office {
  /** With `bot.sqlite`, `bot.sock` in `stateDirectory`; `bot.yaml`, `people.yaml` and everybody's key. */
  readonly directory: string;
  readonly stateDirectory: string;
  readonly signatures: ReturnType<typeof openRosterFile>;
  readonly logged: string[];
  keyOf(person: Actor): string;
  /** Puts exactly these people into the roster; `ended`: whose key is past its time. */
  writeRoster(people: readonly Actor[], ended?: readonly Actor[]): void;
  /** Signs what the bot asks for, as the command does. */
  decide(person: Actor, asked: Asked): Promise<Decided>;
  sign(person: Actor, text: string): string;
  listenAgain(): Promise<void>;
  /** The bot ends its connections, as one that is stopped does. */
  hangUp(): Promise<void>;
}

export interface Asked {
  readonly decision: TerminalDecision;
  readonly restore?: string;
  readonly reason?: string;
  /** What is signed in place of what the bot asked for. */
  readonly order?: (order: Order) => Order;
  readonly statement?: (statement: Statement) => Statement | null;
  /** Between the order and its signature. */
  readonly meanwhile?: () => void;
}

const people = [ana, bo, cy];
/** The seed is that of `testKey`: a reader beside the bot needs the grant key. */
const grantKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
}).export({ type: 'pkcs8', format: 'pem' });

export async function openTerminal(
  events: readonly RestoreEvent[],
  options: { whenSlackIsDown?: 'roster' } = {},
): Promise<Terminal> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'terminal-'));
  const state = path.join(directory, 'state');
  fs.mkdirSync(state, { mode: 0o755 });
  const file = (name: string): string => path.join(directory, name);
  const keyOf = ({ name }: Actor): string => file(`id_${name}`);
  for (const person of people)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', person.name, '-f', keyOf(person)]);
  const writeRoster: Terminal['writeRoster'] = (those, ended = []) => {
    const entries = those.map((person) => {
      const publicKey = fs.readFileSync(`${keyOf(person)}.pub`, 'utf8').trim();
      const notAfter = ended.includes(person) ? ', notAfter: 2000-01-01T00:00:00Z' : '';
      return `  - { id: "${person.id}", name: ${person.name}, keys: [{ name: laptop, type: ssh, publicKey: "${publicKey}"${notAfter} }] }`;
    });
    fs.writeFileSync(file('people.yaml'), `people:\n${entries.join('\n')}\n`);
  };
  writeRoster(people);
  fs.writeFileSync(file('grant.pem'), grantKey);
  fs.writeFileSync(file('bot.yaml'), configText(options));
  const signatures = openRosterFile(file('people.yaml'));
  const office = await openOffice(events, path.join(state, 'bot.sqlite'), signatures);
  const logged: string[] = [];
  const listen = () =>
    listenForTerminals(
      {
        journal: office.store,
        documents: office.store,
        people: office.people,
        clock: office.clock,
        clusters: office.clusters,
        signatures,
        ...options,
        onDecision: (restoreId) => {
          office.woken.push(restoreId);
        },
        log: (_level, fields, message) => {
          logged.push(`${message} ${JSON.stringify(fields)}`);
        },
      },
      { state },
    );
  let listening = await listen();
  const sign: Terminal['sign'] = (person, text) =>
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', sshNamespace, '-f', keyOf(person)], {
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  return {
    ...office,
    directory,
    stateDirectory: state,
    signatures,
    logged,
    keyOf,
    writeRoster,
    sign,
    decide: async (person, asked) => {
      const { decision, restore = 'R1', reason = 'Slack is down', meanwhile } = asked;
      const bot = await callBot(state);
      try {
        const { order, statement } = await bot.order({ decision, restore, reason });
        const signed = statement === null ? null : (asked.statement?.(statement) ?? statement);
        const signature = sign(person, orderText(asked.order?.(order) ?? order));
        meanwhile?.();
        return await bot.decide({
          nonce: order.nonce,
          signature,
          statementSignature: signed === null ? null : sign(person, statementText(signed)),
          typedCluster: order.cluster,
        });
      } finally {
        bot.close();
      }
    },
    listenAgain: async () => {
      listening = await listen();
    },
    hangUp: () => listening.close(),
    close: async () => {
      await listening.close();
      await office.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configText({ whenSlackIsDown }: { whenSlackIsDown?: 'roster' }): string {
  return `
state: ./state
grantKey: ./grant.pem
slack: { mode: socket }
people: { roster: people.yaml${whenSlackIsDown === undefined ? '' : `, whenSlackIsDown: ${whenSlackIsDown}`} }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [UANA, UBO, UCY] }
`;
}

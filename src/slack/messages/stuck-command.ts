/**
 * The first thing to type when a restore is stuck, and where: whoever is woken by it does not know which of seven machines to look at.
 * By what its code begins with, so that a new kind has a command too; it looks, and changes nothing but a dead agent.
 */
import type { Problem, RestoreState } from '../../restore/record/state.ts';
import { code, foreign } from '../escape.ts';
import { wordList } from './approvers.ts';

/** `On aurora-2: …`, a sentence. */
export function stuckCommandText(state: RestoreState, problem: Problem): string {
  const { place, look } = placeOf(problem.code);
  if (place === 'bot') return `On the bot's machine: ${look}.`;
  const hosts = hostsOf(state, problem);
  return `On ${wordList(hosts.map((host) => foreign(host, 80)))}: ${look}.`;
}

interface Place {
  readonly place: 'hosts' | 'bot';
  /** What to type there, and what it tells. */
  readonly look: string;
}

const scheduler = 'aurora-scheduler';
const agentStatus: Place = {
  place: 'hosts',
  look: `${code('systemctl status aurora-chatops-agent')}, and ${code('systemctl restart aurora-chatops-agent')} if it is down`,
};
const agentCheck: Place = {
  place: 'hosts',
  look: `${code('aurora-chatops agent check')} says what the agent finds there`,
};
const schedulerLog: Place = {
  place: 'hosts',
  look: `${code(`systemctl status ${scheduler}`)} and ${code(`journalctl -u ${scheduler} -n 50`)} say how the scheduler is`,
};
const firewall: Place = { place: 'hosts', look: `${code('nft list ruleset')} shows what is blocked` };
const whoIsThere: Place = {
  place: 'hosts',
  look: `${code('last -n 20')} shows who is at work, and ${code(`journalctl -u ${scheduler} -n 50`)} what they did`,
};
const botReaches: Place = {
  place: 'bot',
  look: `${code('aurora-chatops config check --live --config bot.yml')} says what it reaches, and the end of its log what failed`,
};

/** The first that fits. A restore waits for schedulers most of all, so what is unnamed here and waited for is theirs. */
const places: readonly (readonly [RegExp, Place])[] = [
  [/^agent-(unreachable|garbled|busy|stops|not-)/, agentStatus],
  [/^traffic-/, firewall],
  [/^foreign-/, whoIsThere],
  [
    /^(zookeeper|mesos|census|framework|failover|people|slack|roster|document|too-few-keys|internal)/,
    botReaches,
  ],
  [
    /^(scheduler|storage|leader|waited|rpc|http|old-state|registered|commit|reconciliation|staged|recovery-tool)/,
    schedulerLog,
  ],
  [
    /^(agent|grant|host|history|identity|release|tool|command|service|flags|log|old-log|set-aside|nothing|not-backed|backup|held|certificate|edit)/,
    agentCheck,
  ],
];

function placeOf(kind: string): Place {
  return places.find(([pattern]) => pattern.test(kind))?.[1] ?? botReaches;
}

/** Those that it names; else those of its step that did not answer or failed; else all. */
function hostsOf(
  { proposal, operations }: RestoreState,
  { message, hint, step }: Problem,
): readonly string[] {
  const words = new Set(
    `${message} ${hint}`.split(/[^A-Za-z0-9._-]+/).map((word) => word.replace(/\.$/, '')),
  );
  const named = proposal.hosts.filter((host) => words.has(host));
  if (named.length > 0) return named;
  const failed = new Set(
    [...operations.values()]
      .filter(
        (operation) => operation.step === step && !operation.takenBack && operation.result?.state !== 'done',
      )
      .map(({ host }) => host),
  );
  const open = proposal.hosts.filter((host) => failed.has(host));
  return open.length > 0 ? open : proposal.hosts;
}

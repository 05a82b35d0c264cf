/** The Home tab: put together from what the bot keeps when somebody opens it, and from ZooKeeper. No host is asked. */
import { sameEndpoint } from '../src/aurora/host-names.ts';
import { within } from '../src/aurora/within.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { HomeOpened } from '../src/slack/conversation.ts';
import { type HomeCluster, homeRows, renderHome } from '../src/slack/messages/home.ts';
import { waitingFor } from '../src/slack/messages/waiting.ts';
import { gateToSign } from '../src/slack/messages/who.ts';
import type { CommandDeps } from './deps.ts';
import { linksOf } from './status.ts';

const zookeeperMs = 2_000;
const seenWithinMs = 24 * 60 * 60_000;
/** Slack is asked for the address of each. */
const linksMax = 8;

export async function home(deps: CommandDeps, { userId, publish }: HomeOpened): Promise<void> {
  const [{ restores, ended, unreadable }, clusters] = await Promise.all([
    deps.service.list({ endedMax: homeRows }),
    Promise.all([...deps.clusters.values()].slice(0, homeRows).map((access) => seen(deps, access))),
  ]);
  const open = restores.slice(0, homeRows);
  const canAct = await Promise.all(open.map((state) => mayAct(deps, state, userId)));
  const links = await linksOf(deps, [...open, ...ended].slice(0, linksMax));
  const mine = open.filter((_state, index) => canAct[index] === true);
  const now = deps.clock.now();
  await publish(renderHome({ clusters, open, mine, ended, unreadable: unreadable.length, links, now }));
}

async function seen(deps: CommandDeps, { cluster, leader }: ClusterAccess): Promise<HomeCluster> {
  const toMs = deps.clock.now();
  const span = { fromMs: toMs - seenWithinMs, toMs };
  const [answer, backups = []] = await Promise.all([
    within(deps.clock, zookeeperMs, leader.findLeader()),
    deps.history?.listSeen(cluster.name, span),
  ]);
  const named = answer?.kind === 'one' ? answer.endpoint : null;
  const host = cluster.hosts.find(
    ({ advertised, httpPort }) => named !== null && sameEndpoint({ host: advertised, port: httpPort }, named),
  );
  return {
    name: cluster.name,
    leader: answer ?? null,
    leads: host?.name ?? named?.host ?? null,
    newest: backups[0] ?? null,
  };
}

/** Whether it waits for something that this person can do. */
async function mayAct({ service }: CommandDeps, state: RestoreState, userId: string): Promise<boolean> {
  const { restoreId } = state;
  const gate = gateToSign(state);
  if (gate !== null) {
    const digest = state.gates[gate]?.digest ?? '';
    return (await service.mayTake('sign-off', { restoreId, userId, gate, digest })) === null;
  }
  switch (waitingFor(state)) {
    case 'commit':
    case 'look':
      return state.gates.commit?.signOffs.some(({ person }) => person.userId === userId) === true;
    case 'paused':
      return (await service.mayTake('resume', { restoreId, userId })) === null;
    case 'stuck':
      return true;
    default:
      return false;
  }
}

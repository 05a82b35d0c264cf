/** Somebody else with Aurora's admin client, on the scheduler's own host: no firewall is in the way there. */
import type { Clock } from '../../aurora/clock.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { Release } from '../../aurora/releases.ts';
import { axiosTransport } from '../../thrift/axios-transport.ts';
import { createSchedulerClient, type SchedulerClient } from '../../thrift/client.ts';
import type { DrillHost } from '../hosts/drill-hosts.ts';
import type { FaultContext } from './fault.ts';
import { findElected, releaseOfWorld } from './schedulers.ts';

const deadlineMs = 5_000;
const triesMax = 100;
const betweenTriesMs = 100;

/**
 * Makes a call to the elected scheduler, again and again until it goes through, as Aurora's own client does. Answers the
 * host; AuroraError `fault-impossible` when it never went through.
 */
export async function callElected(
  context: FaultContext,
  method: string,
  call: (client: SchedulerClient) => Promise<unknown>,
): Promise<DrillHost> {
  let why: unknown;
  for (let tries = 0; tries < triesMax && !context.signal.aborted; tries += 1) {
    const host = await findElected(context);
    try {
      await call(clientOf(host, { release: releaseOfWorld(context.world), clock: context.clock }));
      context.noteForeignCall({ host: host.name, method });
      return host;
    } catch (error) {
      why = error;
      await context.clock.sleep(betweenTriesMs, context.signal);
    }
  }
  throw new AuroraError({
    code: 'fault-impossible',
    message: `The elected scheduler never took ${method} from somebody else.`,
    hint: 'Choose a step at which a scheduler is elected.',
    cause: why,
  });
}

function clientOf(
  { address }: DrillHost,
  { release: { sessionKey }, clock }: { release: Release; clock: Clock },
): SchedulerClient {
  return createSchedulerClient({
    transport: axiosTransport({ url: `http://${address.ip}:${address.httpPort}/api`, clock }),
    protocol: 'tjson',
    deadlineMs,
    bypassLeaderRedirect: true,
    sessionKey,
  });
}

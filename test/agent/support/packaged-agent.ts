/** The agent of a host as it is packaged: its own unit, started by systemd, and a scheduler that starts with the host. */
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import type { SchedulerHost } from './scheduler-host.ts';
import { until } from './test-host.ts';

const packaged = fileURLToPath(new URL('../../../packaging/aurora-chatops-agent.service', import.meta.url));
export const agentUnit = 'aurora-chatops-agent.service';
const unit = 'aurora-scheduler.service';
/** What the kernel's packet filter had when the scheduler was started. */
export const rulesAtStart = '/srv/rules-at-start';

const schedulerUnit = `[Service]
ExecStartPre=+/bin/sh -c '{ echo seen; nft list ruleset; } >${rulesAtStart}'
ExecStart=/usr/local/sbin/aurora-scheduler-startup
User=aurora
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** Answers when both run. */
export async function installPackagedAgent(host: SchedulerHost): Promise<void> {
  const { machine } = host;
  writeOn(
    machine,
    '/usr/local/bin/aurora-chatops',
    '#!/bin/sh\nexec /usr/local/bin/node /opt/aurora-chatops/src/cli/main.ts "$@"\n',
    0o755,
  );
  writeOn(machine, `/etc/systemd/system/${unit}`, schedulerUnit);
  await cp(packaged, machine.file(`/etc/systemd/system/${agentUnit}`));
  await machine.ask('systemctl', 'daemon-reload');
  await machine.ask('systemctl', 'enable', '--now', unit, agentUnit);
  await untilAnswering(host);
}

/** Until the agent answers and the scheduler, where one runs, has its log. */
export function untilAnswering({ client }: SchedulerHost): Promise<void> {
  return until(
    () =>
      client.readStatus().then(
        ({ scheduler }) => scheduler.service === 'stopped' || scheduler.logLockHeld,
        () => false,
      ),
    'the agent answers',
  );
}

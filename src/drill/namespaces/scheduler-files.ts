/** A scheduler as Debian's package installs one: variables in /etc/default, a startup script, a unit. */
import { debianVariables } from '../../agent/driver-config.ts';
import { readFlagFile } from '../../pretend-aurora/scheduler/flags/parse.ts';
import { onHost } from './host-places.ts';
import { programOnHost } from './program-on-host.ts';

/** The text of /etc/default/aurora-scheduler for flags of one a line. */
export function defaultFile(flagFile: string): string {
  const flags = readFlagFile(flagFile).map((flag) => splitFlag(flag));
  const variables = Object.entries(debianVariables).flatMap(([variable, name]) => {
    const flag = flags.find((candidate) => candidate.name === name);
    return flag === undefined ? [] : [`${variable}="${flag.value}"`];
  });
  const mapped: readonly string[] = Object.values(debianVariables);
  const others = flags
    .filter(({ name }) => !mapped.includes(name))
    .map(({ name, value }) => `-${name}=${value}`);
  return [
    '# Flags of the Aurora scheduler on this host; its startup script reads them.',
    ...variables,
    `EXTRA_SCHEDULER_ARGS="${others.join(' ')}"`,
    '',
  ].join('\n');
}

/** Turns itself into the scheduler, with every variable that the file has as a flag. */
export function startupScript(): string {
  const mapped = Object.entries(debianVariables).map(
    ([variable, flag]) => `\${${variable}:+"-${flag}=$${variable}"}`,
  );
  return [
    '#!/bin/bash',
    `source ${onHost.flags}`,
    `exec ${[...programOnHost('scheduler'), '--world', `${onHost.home}/world.json`, ...mapped].join(' \\\n  ')} \\`,
    '  $EXTRA_SCHEDULER_ARGS',
    '',
  ].join('\n');
}

/** A scheduler that ends is started again, as everywhere; only a hold keeps it down. */
export const schedulerUnitText = `[Unit]
Description=Aurora scheduler of a drill
After=network-online.target

[Service]
ExecStart=/usr/local/sbin/aurora-scheduler-startup
User=aurora
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

function splitFlag(flag: string): { name: string; value: string } {
  const equals = flag.indexOf('=');
  return { name: flag.slice(1, equals), value: flag.slice(equals + 1) };
}

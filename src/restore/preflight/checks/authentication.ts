import { errorCodes, hasCode } from '../../../aurora/error-codes.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { SeenHost } from '../reading.ts';

/**
 * Recovery calls are admin calls: with a mechanism of Shiro's (aurora.md 1.6) the agent needs a name, a password and the
 * permissions. That it may ask what is staged shows all three, because `queryRecovery` is an admin call too.
 */
export const authentication: Check = {
  name: 'authentication',
  code: 'host-unfit',
  find: ({ hosts }) => hosts.flatMap(findOn),
  passes: ({ hosts }) =>
    `Mechanism ${[...new Set(hosts.map((host) => mechanismOf(host)))].join(', ')}: the agents have what it needs.`,
};

function mechanismOf({ status }: SeenHost): string {
  return (status.flags.values['http_authentication_mechanism'] ?? 'NONE').toUpperCase();
}

function findOn(seen: SeenHost): Finding[] {
  const { host, status, staged } = seen;
  const mechanism = mechanismOf(seen);
  switch (mechanism) {
    case 'NONE':
      break;
    case 'BASIC':
      if (status.authentication === undefined) {
        return [
          warn(
            'the scheduler requires a name and a password (BASIC), and the agent does not say whether it has them.',
            'Look at scheduler.credentials in its configuration; a newer agent reports them.',
            { host },
          ),
        ];
      }
      if (!status.authentication.credentials) {
        return [
          refuse(
            'the scheduler requires a name and a password (BASIC), and the agent has none.',
            'Set scheduler.credentials in its configuration; docs/agent.md says which permissions are needed.',
            { host },
          ),
        ];
      }
      break;
    // Aurora calls the mechanism NEGOTIATE, its client and most people Kerberos.
    case 'NEGOTIATE':
    case 'KERBEROS':
      return [
        refuse(
          `the scheduler requires Kerberos (${mechanism}), which this program does not support.`,
          'Set -http_authentication_mechanism=BASIC or NONE for the time of the restore, with -http_port closed to others.',
          { host },
        ),
      ];
    default:
      return [
        warn(
          `-http_authentication_mechanism=${mechanism} is not one that this program knows.`,
          'Recovery calls may be refused once the schedulers are stopped. Find out first.',
          { host },
        ),
      ];
  }
  if (staged.ok) return [];
  const { error } = staged;
  if (hasCode(error, errorCodes.httpUnauthorized)) return [refuse(error.message, wrongCredentials, { host })];
  return hasCode(error, errorCodes.rpcAuthFailed) ? [refuse(error.message, missingPermission, { host })] : [];
}

const wrongCredentials = 'Correct scheduler.credentials in the configuration of the agent.';
const missingPermission =
  'Give its account the recovery calls in security.ini (thrift.AuroraAdmin), and start the schedulers again.';

/** `leader-moves@summarise-staged`: a fault and its moment, as somebody types them. */
import { AuroraError } from '../../aurora/errors.ts';
import { lifetimeText } from '../../aurora/lifetime.ts';
import { canHappen, type Fault, type Stage } from './fault.ts';
import { type Moment, moments } from './moments.ts';
import { faults } from './table.ts';

export interface FaultOrder {
  readonly fault: Fault;
  readonly at: Moment;
}

/** Throws AuroraError `fault-unknown` or `moment-unknown`, which list what there is. */
export function parseFaultOrder(text: string): FaultOrder {
  const [name = '', at, ...rest] = text.split('@');
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault === undefined || rest.length > 0) throw unknownFault(name);
  const moment = at ?? fault.usually;
  if (!moments.includes(moment)) throw unknownMoment(moment, moments);
  if (fault.onlyAt !== undefined && !fault.onlyAt.includes(moment)) throw wrongMoment(fault, moment);
  return { fault, at: moment };
}

/** Throws AuroraError `fault-impossible` when one of them cannot happen to these hosts, or in this release. */
export function refuseImpossibleFaults(orders: readonly FaultOrder[], stage: Stage): void {
  const wrong = orders.find(({ fault }) => !canHappen(fault, stage));
  if (wrong === undefined) return;
  const { name, hosts = stage.hosts, releases = {} } = wrong.fault;
  const fitting = faults.filter((fault) => canHappen(fault, stage)).map((fault) => fault.name);
  const [message, remedy] =
    hosts === stage.hosts
      ? [
          `${name} happens to Aurora ${lifetimeText(releases)}, and that of this drill is 0.${stage.minor}.`,
          'another release with --aurora-version',
        ]
      : [
          `${name} happens to hosts that are ${hosts}, and those of this drill are ${stage.hosts}.`,
          `--hosts ${hosts}`,
        ];
  throw new AuroraError({
    code: 'fault-impossible',
    message,
    hint: `Start it with ${remedy}, or choose one of ${fitting.join(', ')}.`,
  });
}

function unknownFault(name: string): AuroraError {
  return new AuroraError({
    code: 'fault-unknown',
    message: `There is no fault "${name}". There are: ${faults.map((fault) => fault.name).join(', ')}.`,
    hint: 'Write it as NAME or NAME@STEP; --faults says what each of them does.',
  });
}

function unknownMoment(moment: string, known: readonly Moment[]): AuroraError {
  return new AuroraError({
    code: 'moment-unknown',
    message: `"${moment}" is not a step of a restore. There are: ${known.join(', ')}.`,
    hint: 'Leave @STEP out to have it at its usual moment.',
  });
}

function wrongMoment(fault: Fault, moment: string): AuroraError {
  return new AuroraError({
    code: 'moment-unknown',
    message: `${fault.name} makes no difference at ${moment}: it happens at ${fault.onlyAt?.join(' or ') ?? fault.usually}.`,
    hint: 'Leave @STEP out to have it at its usual moment.',
  });
}

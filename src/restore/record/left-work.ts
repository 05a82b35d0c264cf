/** What a restore leaves for people to do after its end, until somebody says that it is done. Derived from what its report found. */
import { hasTouchedHosts, type RestoreState } from './state.ts';
import type { Actor } from './words.ts';
import type { LeftWorkDone, WorkDone, WorkName } from './work-done.ts';

export interface LeftWork {
  readonly name: WorkName;
  /** What is left, and what to do about it: whole sentences. Holds names of hosts and paths as they are. */
  readonly text: string;
  /** Who is asked for it as long as nobody has said that it is done: whoever requested the restore. */
  readonly asked: Actor;
  /** `null` as long as it is open. */
  readonly done: WorkDone | null;
}

const namesShown = 5;

/** Nothing before the end; the most urgent first. */
export function leftWorkOf(state: RestoreState): readonly LeftWork[] {
  if (state.ended === null) return [];
  const { report, soak } = state.facts;
  const found: [WorkName, string][] = [];
  if (state.ended.outcome === 'failed' && hasTouchedHosts(state))
    found.push([
      'left-as-it-is',
      'Put it right by hand: nothing was put back, and schedulers, flags, logs and traffic are as this restore left them. Step 1 of the next restore names what is still isolated.',
    ]);
  if (soak?.asPredicted === false)
    found.push([
      'not-as-predicted',
      `${soak.differences.length} of the predictions did not come true: ${some(soak.differences, '; ')}. Ask the owners of these jobs whether they run as they should.`,
    ]);
  const changed = report?.notAsBefore ?? [];
  if (changed.length > 0)
    found.push(['not-as-before', `Not as before: ${some(changed, '; ')}. Find out why, and put it right.`]);
  const holding = report?.restartWanted ?? [];
  if (holding.length > 0)
    found.push([
      'restart-schedulers',
      `Restart the schedulers on ${some(holding, ', ')}, one after another, the leader last: they still run with reconciliation held. It can wait until it suits you.`,
    ]);
  const aside = report?.setAside ?? [];
  if (aside.length > 0)
    found.push([
      'set-aside-logs',
      `Remove what was set aside once nobody wants to go back to it: ${some(placesOf(aside), '; ')}.`,
    ]);
  const moved = report?.movedAway ?? [];
  if (moved.length > 0)
    found.push([
      'set-aside-logs',
      `Remove the logs that this restore had made once nobody wants to look at them: ${some(placesOf(moved), '; ')}.`,
    ]);
  const done = new Map(state.workDone.map((each) => [each.work, each]));
  return found.map(([name, text]) => ({
    name,
    text,
    asked: state.proposal.requester,
    done: done.get(name) ?? null,
  }));
}

/** What nobody has ticked off yet. */
export function openWorkOf(state: RestoreState): readonly LeftWork[] {
  return leftWorkOf(state).filter(({ done }) => done === null);
}

/** Throws when it was not left, or is done already. */
export function foldWorkDone(state: RestoreState, { work, person }: LeftWorkDone, at: number): RestoreState {
  if (!openWorkOf(state).some(({ name }) => name === work)) throw new Error(`${work} is not left to do`);
  return { ...state, workDone: [...state.workDone, { work, person, at }] };
}

/** `/var/db/aurora.aside on aurora-1, aurora-2`. */
function placesOf(aside: readonly { readonly host: string; readonly path: string }[]): string[] {
  return [...Map.groupBy(aside, ({ path }) => path)].map(
    ([path, there]) => `${path} on ${some([...new Set(there.map(({ host }) => host))], ', ')}`,
  );
}

function some(names: readonly string[], between: string): string {
  const more = names.length - namesShown;
  return `${names.slice(0, namesShown).join(between)}${more > 0 ? `${between}and ${more} more` : ''}`;
}

/** Collects what in a backup no scheduler survives. Memory does not grow with the backup: only the first ones are named. */
import type { Unlivable, UnlivableElement } from '../aurora/backups.ts';

const shownMax = 10;
const namesMax = 5;
const nameCharsMax = 150;

export class UnlivableElements {
  #elements = 0;
  #tasksToLeaveOut = 0;
  readonly #shown: UnlivableElement[] = [];

  /** `leavable`: a task that a scheduler stages all the same, and deletes by its id. */
  add(element: UnlivableElement, options: { leavable?: boolean } = {}): void {
    this.#elements += 1;
    if (options.leavable === true) this.#tasksToLeaveOut += 1;
    if (this.#shown.length < shownMax)
      this.#shown.push({ ...element, name: element.name.slice(0, nameCharsMax) });
  }

  /** `undefined` when there is nothing. */
  get found(): Unlivable | undefined {
    if (this.#elements === 0) return undefined;
    return { elements: this.#elements, tasksToLeaveOut: this.#tasksToLeaveOut, shown: [...this.#shown] };
  }
}

/** What kills, in sentences: the first ones by name and path, and how many more there are. */
export function explainUnlivable(found: Unlivable): string[] {
  const named = found.shown.slice(0, namesMax);
  const more = found.elements - named.length;
  return [
    ...named.map(
      ({ kind, name, why, path }) =>
        `No scheduler survives it: the ${kind} ${name === '' ? 'without a name' : name} has ${why} (${path}).`,
    ),
    ...(more > 0 ? [`${more} more of its elements ${more === 1 ? 'is' : 'are'} like that.`] : []),
  ];
}

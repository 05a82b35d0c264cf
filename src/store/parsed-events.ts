import { canonicalJson } from '../aurora/canonical-json.ts';
import { messageOf } from '../aurora/errors.ts';
import { readStored, type StoredForm } from '../aurora/stored-form.ts';

/** Texts and events that are known to belong together: whole journals are read again and again. */
export class ParsedEvents<E> {
  readonly #form: StoredForm<E>;
  readonly #known = new Map<string, E>();

  constructor(form: StoredForm<E>) {
    this.#form = form;
  }

  /** Throws an Error that says in a clause why it cannot be read. */
  read({ body: text, version }: { readonly body: string; readonly version: number }): E {
    const known = version > this.#form.version ? undefined : this.#known.get(text);
    return known ?? this.#keep(text, version);
  }

  /** As they will be read back. */
  write(events: readonly E[]): { body: string; event: E; version: number }[] {
    const { version } = this.#form;
    return events.map((event) => {
      const body = canonicalJson(event);
      try {
        return { body, event: this.#keep(body, version), version };
      } catch (error) {
        throw new Error(`an event was not written, because it could not be read back: ${messageOf(error)}`);
      }
    });
  }

  #keep(text: string, version: number): E {
    const event = readStored(this.#form, { text, version });
    if (this.#known.size === keptEvents) this.#known.clear();
    this.#known.set(text, event);
    return event;
  }
}

/** Far more than the restores of a bot that are still told about. */
const keptEvents = 20_000;

/** Sees what is written to SQLite: each statement that runs, before and after. */
import { StatementSync } from 'node:sqlite';

interface Written {
  /** As it was prepared, in lower case, without quotes. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** `before` is called right before a statement runs, `after` when it has succeeded. */
export function watchStatements(watch: {
  before: (written: Written) => void;
  after: (written: Written) => void;
}): void {
  const { run } = StatementSync.prototype;
  StatementSync.prototype.run = function (this: StatementSync, ...values: never[]) {
    const written = { sql: this.sourceSQL.toLowerCase().replaceAll('"', ''), values };
    watch.before(written);
    const changes = Reflect.apply(run, this, values);
    watch.after(written);
    return changes;
  } as typeof run;
}

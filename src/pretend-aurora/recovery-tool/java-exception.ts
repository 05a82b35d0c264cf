/** What ends the tool: printed as the JVM prints an exception that nobody caught, and exit 1. */
export class JavaException extends Error {
  override name = 'JavaException';
  readonly className: string;
  /** Printed as the outer exception, with this one as its cause. */
  readonly wrappedIn: string | null;

  constructor(className: string, message: string, wrappedIn: string | null = null) {
    super(message);
    this.className = className;
    this.wrappedIn = wrappedIn;
  }

  /** The lines on stderr, stack frames left out. */
  get lines(): string {
    const itself = `${this.className}: ${this.message}`;
    return this.wrappedIn === null
      ? `Exception in thread "main" ${itself}\n`
      : `Exception in thread "main" ${this.wrappedIn}: ${itself}\nCaused by: ${itself}\n\t... 1 more\n`;
  }
}

/**
 * Reads JSON that is too long for memory, as its bytes arrive: the elements of chosen lists are handed out one by one,
 * everything around them is passed over. Promise: memory does not grow with the input, one element and the names above it
 * aside. What is passed over is held to brackets and strings only; each element is parsed by `JSON.parse`.
 */

/** The names of the fields around a list, `*` where one of them is an element of a list; none for a list that is the whole text. */
export type ListPath = readonly string[];

export interface Wanted {
  /** Whether the elements of this list are handed out. */
  readonly wants: (path: ListPath) => boolean;
  /** Told of each list and object that is no element, as it begins: by it what is absent is told from what is empty. */
  readonly sees?: (path: ListPath) => void;
}

interface ElementsOptions extends Wanted {
  /** Called with each element, and the path of its list. */
  readonly onElement: (element: unknown, path: ListPath) => void;
  /** Called with the rest of the text, bit by bit, in which the lists that are handed out are empty. It is the chunk's memory. */
  readonly onRest?: (bytes: Buffer) => void;
  readonly elementBytesMax?: number;
}

/** A task of a Mesos master has 2 kB, with all its labels and states; the longest that Aurora would launch some hundred. */
const defaultElementBytesMax = 4 * 1024 ** 2;
/** Deeper than any answer that is read this way. */
const depthMax = 64;
/** Of one name of a field, or another text that is passed over. */
const textBytesMax = 1024 ** 2;

// The text beside it has eight bytes, which its type does not say.
const [quote, backslash, opensList, closesList, opensObject, closesObject, comma, colon] = Buffer.from(
  '"\\[]{},:',
) as unknown as readonly [number, number, number, number, number, number, number, number];

/** A list or an object that is open. */
interface Open {
  readonly isList: boolean;
  readonly path: ListPath;
  readonly isWanted: boolean;
}

/** Throws SyntaxError, in a clause that says what is wrong: nothing of what was handed out before counts then. */
export class JsonElements {
  readonly #options: ElementsOptions;
  readonly #elementBytesMax: number;
  readonly #stack: Open[] = [];
  /** Bytes from before this chunk that belong to what is being kept: an element, or a name. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #isQuoted = false;
  #isEscaped = false;
  /** An element, or a text that may be a name, begins at this byte of the chunk; -1 when nothing is kept. */
  #from = -1;
  /** Brackets that are open inside of the element that is being kept; -1 outside of elements. */
  #inside = -1;
  #name = '';
  #isComplete = false;

  constructor(options: ElementsOptions) {
    this.#options = options;
    this.#elementBytesMax = options.elementBytesMax ?? defaultElementBytesMax;
  }

  push(chunk: Buffer): void {
    let at = 0;
    if (this.#from >= 0) this.#from = 0;
    while (at < chunk.length) {
      const from = at;
      const isElements = this.#isInWanted();
      if (this.#isQuoted) at = this.#passText(chunk, at);
      else if (this.#inside >= 0) at = this.#passElement(chunk, at);
      else at = this.#step(chunk, at);
      if (!isElements || !this.#isInWanted()) this.#options.onRest?.(chunk.subarray(from, at));
    }
    if (this.#from >= 0) this.#keep(chunk.subarray(this.#from));
  }

  /** Says that no more bytes come. */
  finish(): void {
    if (!this.#isComplete) throw new SyntaxError('it ends in the middle');
  }

  #isInWanted(): boolean {
    return this.#stack.at(-1)?.isWanted === true;
  }

  /** To the end of a text, or of the chunk. */
  #passText(chunk: Buffer, start: number): number {
    const end = endOfText(chunk, this.#isEscaped ? start + 1 : start);
    this.#isEscaped = end > chunk.length;
    if (end >= chunk.length) return chunk.length;
    this.#isQuoted = false;
    if (this.#inside < 0) this.#name = this.#take(chunk, end + 1) as string;
    return end + 1;
  }

  /** To the end of the element, or of the chunk: nearly all bytes pass here. What is between its brackets, its parser judges. */
  #passElement(chunk: Buffer, start: number): number {
    const { length } = chunk;
    let inside = this.#inside;
    for (let at = start; at < length; at += 1) {
      const byte = chunk[at];
      if (byte === quote) {
        const end = endOfText(chunk, at + 1);
        if (end >= length) {
          this.#isQuoted = true;
          this.#isEscaped = end > length;
        }
        at = end;
      } else if (byte === opensObject || byte === opensList) {
        inside += 1;
      } else if (inside === 0 && (byte === comma || byte === closesList || byte === closesObject)) {
        const { path } = this.#stack.at(-1) ?? { path: [] };
        const element = this.#take(chunk, at);
        this.#inside = -1;
        this.#options.onElement(element, path);
        return at;
      } else if (byte === closesObject || byte === closesList) {
        inside -= 1;
      }
    }
    this.#inside = inside;
    return length;
  }

  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    if (this.#isComplete) throw new SyntaxError('something follows its end');
    if (byte === closesList || byte === closesObject) {
      if (this.#stack.pop()?.isList !== (byte === closesList))
        throw new SyntaxError('its brackets do not match');
      this.#isComplete = this.#stack.length === 0;
    } else if (byte === comma || byte === colon) {
      if (this.#stack.length === 0) throw new SyntaxError('it is neither a list nor an object');
    } else if (this.#isInWanted()) {
      this.#from = at;
      this.#inside = 0;
      return at;
    } else if (byte === opensList || byte === opensObject) {
      this.#open(byte === opensList);
    } else if (this.#stack.length === 0) {
      throw new SyntaxError('it is neither a list nor an object');
    } else if (byte === quote) {
      // Outside of elements every text may be a name.
      this.#from = at;
      this.#isQuoted = true;
    }
    return at + 1;
  }

  #open(isList: boolean): void {
    if (this.#stack.length >= depthMax) throw new SyntaxError(`it nests deeper than ${depthMax}`);
    const outer = this.#stack.at(-1);
    const path = outer === undefined ? [] : [...outer.path, outer.isList ? '*' : this.#name];
    this.#options.sees?.(path);
    this.#stack.push({ isList, path, isWanted: isList && this.#options.wants(path) });
  }

  /** The value that ends here. */
  #take(chunk: Buffer, end: number): unknown {
    const here = chunk.subarray(this.#from, end);
    const bytes = this.#keptBytes === 0 ? here : Buffer.concat([...this.#kept, here]);
    this.#from = -1;
    this.#kept = [];
    this.#keptBytes = 0;
    return JSON.parse(bytes.toString('utf8')) as unknown;
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length;
    const bytesMax = this.#inside < 0 ? textBytesMax : this.#elementBytesMax;
    if (this.#keptBytes > bytesMax)
      throw new SyntaxError(`one value of it takes more than ${bytesMax} bytes`);
    // A copy: whoever reads uses the memory of a chunk again.
    this.#kept.push(Buffer.from(bytes));
  }
}

/** Where the closing quote is; the length of the chunk when it is not in it, and one more when the next byte is escaped. */
function endOfText(chunk: Buffer, start: number): number {
  const { length } = chunk;
  for (let at = start; at < length; at += 1) {
    const byte = chunk[at];
    if (byte === quote) return at;
    if (byte === backslash) {
      at += 1;
      if (at >= length) return length + 1;
    }
  }
  return length;
}

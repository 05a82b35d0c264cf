/**
 * One change to a backup, as the table of test/fixtures/backups/lived-on names it. Its own reader and writer of TBinary,
 * so that our own mistake in reading cannot hide itself: nothing here comes from src.
 */

type Value =
  | { readonly kind: 'bytes'; bytes: Buffer }
  | { readonly kind: 'struct'; fields: { id: number; type: number; value: Value }[] }
  | { readonly kind: 'elements'; type: number; items: Value[] }
  | { readonly kind: 'map'; types: readonly [number, number]; entries: (readonly [Value, Value])[] };

type Step = number | '[]';

const sizes: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/**
 * Does `mutation` (`drop`, `empty`, `none`, or a number) to the first element that has the field at `path`
 * (`.4[].1.4`: ids from the snapshot, `[]` for the elements of a set or list). Throws when there is no such field.
 */
export function mutate(backup: Buffer, change: { path: string; mutation: string }): Buffer {
  const root = new Reader(backup).value(12);
  const steps = [...change.path.matchAll(/\[\]|\d+/g)].map(
    ([step]): Step => (step === '[]' ? step : Number(step)),
  );
  if (!apply(root, steps, change.mutation)) throw new Error(`no field ${change.path}`);
  return bytesOf(root);
}

function apply(at: Value, steps: readonly Step[], mutation: string): boolean {
  const [step, ...rest] = steps;
  if (at.kind === 'elements' && step === '[]') return at.items.some((item) => apply(item, rest, mutation));
  if (at.kind !== 'struct') return false;
  const field = at.fields.find(({ id }) => id === step);
  if (field === undefined) return false;
  if (rest.length > 0) return apply(field.value, rest, mutation);
  if (mutation === 'drop') at.fields = at.fields.filter((one) => one !== field);
  else if (mutation === 'empty') field.value = { kind: 'bytes', bytes: Buffer.alloc(4) };
  else if (mutation === 'none' && field.value.kind === 'elements') field.value.items = [];
  else field.value = { kind: 'bytes', bytes: numberOf(field.type, Number(mutation)) };
  return true;
}

function numberOf(type: number, number: number): Buffer {
  const bytes = Buffer.alloc(sizes[type] ?? 0);
  if (type === 8) bytes.writeInt32BE(number);
  else if (type === 10) bytes.writeBigInt64BE(BigInt(number));
  else throw new Error(`type ${type} is not a number`);
  return bytes;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(type: number): Value {
    if (type === 12) return { kind: 'struct', fields: [...this.#fields()] };
    if (type === 14 || type === 15) {
      const element = this.#take(1).readUInt8();
      return { kind: 'elements', type: element, items: this.#times(() => this.value(element)) };
    }
    if (type === 13) {
      const [key, value] = [this.#take(1).readUInt8(), this.#take(1).readUInt8()];
      const entries = this.#times(() => [this.value(key), this.value(value)] as const);
      return { kind: 'map', types: [key, value], entries };
    }
    const size = type === 11 ? 4 + this.#bytes.readInt32BE(this.#at) : sizes[type];
    if (size === undefined) throw new Error(`type ${type}`);
    return { kind: 'bytes', bytes: this.#take(size) };
  }

  *#fields(): Generator<{ id: number; type: number; value: Value }> {
    for (let type = this.#take(1).readUInt8(); type !== 0; type = this.#take(1).readUInt8())
      yield { id: this.#take(2).readInt16BE(), type, value: this.value(type) };
  }

  #times<T>(read: () => T): T[] {
    return Array.from({ length: this.#take(4).readInt32BE() }, read);
  }

  #take(size: number): Buffer {
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}

function bytesOf(value: Value): Buffer {
  switch (value.kind) {
    case 'bytes':
      return value.bytes;
    case 'struct': {
      const fields = value.fields.flatMap(({ id, type, value: inner }) => [
        Buffer.of(type, id >> 8, id & 0xff),
        bytesOf(inner),
      ]);
      return Buffer.concat([...fields, Buffer.of(0)]);
    }
    case 'elements':
      return Buffer.concat([Buffer.of(value.type), countOf(value.items), ...value.items.map(bytesOf)]);
    case 'map':
      return Buffer.concat([
        Buffer.of(...value.types),
        countOf(value.entries),
        ...value.entries.flatMap((entry) => entry.map(bytesOf)),
      ]);
  }
}

function countOf(list: readonly unknown[]): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(list.length);
  return bytes;
}

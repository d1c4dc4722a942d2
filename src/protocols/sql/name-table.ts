/** Names as they stand on the wire to values, bounded: the oldest is dropped. Looked up without making a string. */

interface Entry<T> {
  name: Uint8Array;
  value: T;
}

export class NameTable<T> {
  private readonly entries = new Map<number, Entry<T>>();

  constructor(private readonly maxNames: number) {}

  get(buf: Uint8Array, from: number, to: number): T | undefined {
    const entry = this.entries.get(hash(buf, from, to));
    return entry !== undefined && same(entry.name, buf, from, to) ? entry.value : undefined;
  }

  /** Of two names with one hash the later is known: the other counts as dropped. */
  set(buf: Uint8Array, from: number, to: number, value: T): void {
    const key = hash(buf, from, to);
    this.entries.delete(key);
    if (this.entries.size >= this.maxNames) {
      for (const oldest of this.entries.keys()) {
        this.entries.delete(oldest);
        break;
      }
    }
    this.entries.set(key, { name: copyOf(buf, from, to), value });
  }

  delete(buf: Uint8Array, from: number, to: number): void {
    if (this.get(buf, from, to) !== undefined) this.entries.delete(hash(buf, from, to));
  }

  clear(): void {
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}

function hash(buf: Uint8Array, from: number, to: number): number {
  let value = to - from;
  for (let at = from; at < to; at++) value = (Math.imul(value, 31) + buf[at]) | 0;
  return value;
}

function same(name: Uint8Array, buf: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== buf[from + i]) return false;
  return true;
}

/** Not `buf.slice`: of a Buffer that is a view, and the bytes are reused. */
function copyOf(buf: Uint8Array, from: number, to: number): Uint8Array {
  return Uint8Array.prototype.slice.call(buf, from, to);
}

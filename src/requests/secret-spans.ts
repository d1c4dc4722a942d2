/** Places of secrets in a text or payload, ascending, and what is put in their stead. */
const MASK = Uint8Array.of(42, 42, 42);

export class SecretSpans {
  /** Pairs from, to (exclusive). */
  readonly #bounds: number[] = [];

  clear(): void {
    this.#bounds.length = 0;
  }

  get empty(): boolean {
    return this.#bounds.length === 0;
  }

  /** A span that begins before the end of the last one only extends it. */
  add(from: number, to: number): void {
    if (to <= from) return;
    const last = this.#bounds.length - 1;
    if (last > 0 && from < this.#bounds[last]) this.#bounds[last] = Math.max(this.#bounds[last], to);
    else this.#bounds.push(from, to);
  }

  /** Adds these spans to `other`, whose text begins `shift` earlier. */
  copyTo(other: SecretSpans, shift: number): void {
    for (let i = 0; i < this.#bounds.length; i += 2) other.add(this.#bounds[i] + shift, this.#bounds[i + 1] + shift);
  }

  /** The bytes with `***` for each span, so that not even its length shows. Uses the memory of `buf` where it can. */
  maskBytes(buf: Uint8Array): Uint8Array {
    const bounds = this.#bounds;
    if (bounds.length === 0) return buf;
    const out = this.#shrinks() ? buf : new Uint8Array(buf.length + bounds.length * MASK.length);
    let read = 0;
    let write = 0;
    for (let i = 0; i < bounds.length; i += 2) {
      out.set(buf.subarray(read, bounds[i]), write);
      write += bounds[i] - read;
      out.set(MASK, write);
      write += MASK.length;
      read = bounds[i + 1];
    }
    out.set(buf.subarray(read), write);
    return out.subarray(0, write + buf.length - read);
  }

  /** No span is shorter than the mask: what is written never overtakes what is read. */
  #shrinks(): boolean {
    for (let i = 0; i < this.#bounds.length; i += 2) if (this.#bounds[i + 1] - this.#bounds[i] < MASK.length) return false;
    return true;
  }

  maskText(text: string, mask = '***'): string {
    const bounds = this.#bounds;
    if (bounds.length === 0) return text;
    let out = '';
    let read = 0;
    for (let i = 0; i < bounds.length; i += 2) {
      out += text.slice(read, bounds[i]) + mask;
      read = bounds[i + 1];
    }
    return out + text.slice(read);
  }
}

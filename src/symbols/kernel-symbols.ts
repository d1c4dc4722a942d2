/** Functions of the kernel and its modules, from /proc/kallsyms. */
import { readFileSync } from 'node:fs';
import type { Frame } from '../profile/stacks.js';

/** Addresses of the kernel differ in their lower 48 bits, which a number holds exactly. */
const DIGITS_KEPT = 12;
const MASK = 0xffff_ffff_ffffn;
const NAME_LENGTH = 256;

export class KernelSymbols {
  readonly #starts: Float64Array;
  readonly #lines: Uint32Array;
  readonly #text: Buffer;
  /** The kernel shows zeros for addresses (kernel.kptr_restrict), or the file cannot be read. */
  readonly hidden: boolean;

  /** @param text content of /proc/kallsyms */
  constructor(text: Buffer) {
    const found: { start: number; line: number }[] = [];
    let zeros = 0;
    for (let from = 0; from < text.length;) {
      const next = text.indexOf(10, from);
      const end = next < 0 ? text.length : next;
      // `ffffffff81000000 T _stext`: only code.
      const space = text.indexOf(32, from);
      if (space > from && space < end && 'tTwW'.includes(String.fromCharCode(text[space + 1]))) {
        const start = Number.parseInt(text.toString('latin1', Math.max(from, space - DIGITS_KEPT), space), 16);
        if (start === 0) zeros++;
        else if (start > 0) found.push({ start, line: space + 3 });
      }
      from = end + 1;
    }
    found.sort((a, b) => a.start - b.start);
    this.#starts = Float64Array.from(found, (one) => one.start);
    this.#lines = Uint32Array.from(found, (one) => one.line);
    this.#text = text;
    // A real kernel has a few symbols at 0 (per-CPU data), never only those.
    this.hidden = found.length === 0 || found.length < zeros / 2;
  }

  static read(path = '/proc/kallsyms'): KernelSymbols {
    try {
      return new KernelSymbols(readFileSync(path));
    } catch {
      return new KernelSymbols(Buffer.alloc(0));
    }
  }

  frameOf(address: bigint): Frame {
    const unknown: Frame = { name: `0x${address.toString(16)}`, kind: 'kernel', module: '[kernel]', file: '', line: 0, inlined: false };
    const wanted = Number(address & MASK);
    let low = 0;
    let high = this.hidden ? 0 : this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return unknown;
    const from = this.#lines[low - 1];
    const next = this.#text.indexOf(10, from);
    const line = this.#text.toString('latin1', from, Math.min(next < 0 ? this.#text.length : next, from + NAME_LENGTH));
    // `nf_conntrack_in\t[nf_conntrack]`
    const [name, module] = line.split(/\s+/);
    return { ...unknown, name, module: module ?? '[kernel]' };
  }
}

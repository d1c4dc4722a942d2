/** A bit for each process id in a map that the kernel side reads (bpf/scope.h). */
export class PidSet {
  #words: Int32Array;

  constructor(memory: ArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  add(pid: number): void {
    // The kernel sets bits of the same word when processes fork.
    Atomics.or(this.#words, pid >>> 5, 1 << (pid & 31));
  }

  delete(pid: number): void {
    Atomics.and(this.#words, pid >>> 5, ~(1 << (pid & 31)));
  }

  has(pid: number): boolean {
    return (Atomics.load(this.#words, pid >>> 5) >>> (pid & 31) & 1) === 1;
  }

  all(): number[] {
    const pids: number[] = [];
    for (let i = 0; i < this.#words.length; i++) {
      const word = Atomics.load(this.#words, i);
      for (let bit = 0; word !== 0 && bit < 32; bit++) if ((word >>> bit & 1) === 1) pids.push(i * 32 + bit);
    }
    return pids;
  }
}

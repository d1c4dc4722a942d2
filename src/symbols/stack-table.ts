/** Collects stacks for a profile: each frame and each stack is kept once. */
import type { Frame, Stack } from '../profile/stacks.js';

export class StackTable {
  readonly frames: Frame[] = [];
  readonly stacks: Stack[] = [];
  readonly #frames = new Map<string, number>();
  readonly #stacks = new Map<string, number>();

  /** @returns the stack's index */
  add(frames: readonly Frame[], truncated: string): number {
    const indexes = frames.map((frame) => this.#frame(frame));
    const key = `${indexes.join(' ')} ${truncated}`;
    let index = this.#stacks.get(key);
    if (index === undefined) {
      index = this.stacks.push({ frames: indexes, truncated }) - 1;
      this.#stacks.set(key, index);
    }
    return index;
  }

  #frame(frame: Frame): number {
    const key = [frame.name, frame.kind, frame.module, frame.file, frame.line, frame.inlined].join('\0');
    let index = this.#frames.get(key);
    if (index === undefined) {
      index = this.frames.push(frame) - 1;
      this.#frames.set(key, index);
    }
    return index;
  }
}

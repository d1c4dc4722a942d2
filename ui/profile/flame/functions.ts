/** Functions behind frames: the same one at another line or in another profile is still the same. */
import type { Frame, Stacks } from '../../../src/server/api.js';

/** Frames that are no functions: why the outermost ones are missing, and whose stack it is. */
export type FlameFrameKind = Frame['kind'] | 'truncated' | 'process' | 'root';
export interface FunctionInfo { name: string; kind: FlameFrameKind; module: string; file: string; line: number; inlined: boolean }

/** A stack as function ids, outermost first. */
export type Chain = readonly number[];

export class FunctionTable {
  readonly functions: FunctionInfo[] = [];
  readonly #ids = new Map<string, number>();
  readonly #chains = new Map<Stacks, Map<number, Chain>>();

  intern(info: FunctionInfo): number {
    const key = `${info.kind}\n${info.module}\n${info.name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.functions.push(info);
    this.#ids.set(key, this.functions.length - 1);
    return this.functions.length - 1;
  }

  /** Stack number `index` of `stacks`; one that is cut short begins with the reason. */
  chain(stacks: Stacks, index: number): Chain {
    let chains = this.#chains.get(stacks);
    if (!chains) this.#chains.set(stacks, (chains = new Map()));
    const known = chains.get(index);
    if (known) return known;
    const made = this.#chainOf(stacks, index);
    chains.set(index, made);
    return made;
  }

  #chainOf(stacks: Stacks, index: number): Chain {
    const stack = stacks.stacks[index];
    if (!stack) return [this.intern(truncatedBy('its frames are not in the profile'))];
    const ids = stack.truncated === '' ? [] : [this.intern(truncatedBy(stack.truncated))];
    for (let i = stack.frames.length - 1; i >= 0; i--) {
      const frame = stacks.frames[stack.frames[i]];
      if (frame) ids.push(this.intern(frame));
    }
    return ids;
  }
}

const truncatedBy = (reason: string): FunctionInfo => ({ name: `… outer frames missing: ${reason}`, kind: 'truncated', module: '', file: '', line: 0, inlined: false });

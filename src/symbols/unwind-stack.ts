/**
 * A stack copy to addresses, innermost first. By call frame information as far as it goes; code of a runtime by that runtime; where neither
 * knows, by frame pointers, if what they lead to can be a caller. It ends with a reason as soon as nothing is certain: no frame is invented.
 */
import type { StackCopy } from '../profile/evidence.js';
import type { Frame } from '../profile/stacks.js';
import { Ended, WalkSlot } from './addon.js';
import { endsWithCall, LONGEST_CALL } from './call-instruction.js';
import { moduleName, type ProcessSymbols } from './process-symbols.js';
import { Registers, type StackMemory } from './runtime.js';

/** Where a frame is: an address to look up (of a call, not of what it returns to), or what a runtime says of it. */
export type Walked = { lookup: number } | { frames: Frame[] };

export interface UnwoundStack {
  frames: Walked[];
  /** '' when the outermost frame was reached. */
  truncated: string;
}

const FRAMES_KEPT = 512;
/** Read of a stack beyond its copy. */
const LIVE_BYTES = 256 * 1024;

/** Where walks write to; nothing of them is kept from one to the next. */
const PCS = new BigUint64Array(FRAMES_KEPT);
const LOOKUPS = new BigUint64Array(FRAMES_KEPT);

export function unwindStack(process: ProcessSymbols, copy: StackCopy): UnwoundStack {
  return new Unwinding(process, copy).run();
}

class Unwinding {
  readonly #frames: Walked[] = [];
  readonly #state = new BigUint64Array(WalkSlot.length);
  readonly #pcs = PCS;
  readonly #lookups = LOOKUPS;
  readonly #stack: DataView;
  readonly #stackStart: bigint;
  readonly #memory: StackMemory;

  constructor(private readonly process: ProcessSymbols, private readonly copy: StackCopy) {
    this.#stack = new DataView(copy.bytes.buffer, copy.bytes.byteOffset, copy.bytes.byteLength);
    this.#stackStart = BigInt(copy.sp);
    this.#memory = { word: (address) => this.#word(address), now: (address, length) => process.readMemory(address, length) };
    if (copy.registers !== null) this.#state.set(copy.registers.subarray(0, 16));
    this.#state[WalkSlot.known] = copy.registers === null ? BigInt((1 << Registers.RBP) | (1 << Registers.RSP)) : 0xffffn;
    this.#state[Registers.RBP] = BigInt(copy.bp);
    this.#state[Registers.RSP] = this.#stackStart;
    this.#state[Registers.PC] = BigInt(copy.ip);
    this.#state[WalkSlot.known] |= 1n << BigInt(Registers.PC);
    this.#state[WalkSlot.stackStart] = this.#stackStart;
  }

  run(): UnwoundStack {
    // A kernel thread, or one that was never in user space.
    if (this.#state[Registers.PC] === 0n) return { frames: [], truncated: '' };
    for (;;) {
      const truncated = this.#walk();
      if (truncated !== null) return { frames: this.#frames, truncated };
      if (this.#frames.length >= FRAMES_KEPT) return { frames: this.#frames.slice(0, FRAMES_KEPT), truncated: `more than ${FRAMES_KEPT} frames` };
    }
  }

  /** As far as call frame information goes, and one step beyond. Null: go on; else why the stack ends. */
  #walk(): string | null {
    const ended = this.process.space.walk(this.#state, this.copy.bytes, this.#pcs, this.#lookups);
    const count = Number(this.#state[WalkSlot.frames]);
    for (let i = 0; i < count - 1; i++) this.#frames.push({ lookup: Number(this.#lookups[i]) });
    const pc = this.#pcs[count - 1];
    const lookup = this.#lookups[count - 1];
    const last = { lookup: Number(lookup) };
    if (ended === Ended.noCode || ended === Ended.claimed) {
      const stepped = this.#runtimeStep(pc, lookup);
      if (stepped !== undefined) return stepped;
      const mapping = this.process.mappingOf(last.lookup);
      if (mapping === null || !mapping.executable) return this.#notCode(last);
    }
    this.#frames.push(last);
    switch (ended) {
      case Ended.outermost: return '';
      case Ended.frameLimit: return `more than ${FRAMES_KEPT} frames`;
      case Ended.noMemory: return this.#beyondCopy(pc) ? '' : this.#byKernel(pc, this.#whyNoMemory());
      case Ended.noRegister: return this.#byKernel(pc, 'a register is needed that was not recorded');
      case Ended.noProgress: return 'the unwinding information leads nowhere';
      default: return this.#framePointerStep() ? null : this.#byKernel(pc, `no unwind information for ${this.#moduleOf(last.lookup)}`);
    }
  }

  #notCode(last: { lookup: number }): string {
    if (this.#frames.length > 0) return 'a return address leads outside of the program';
    this.#frames.push(last);
    if (this.process.mappings.length > 0) return 'the thread was outside of any code that is mapped now';
    return this.process.refused ? 'the process may not be looked at (CAP_SYS_PTRACE is missing)' : 'the process ended before it was looked at';
  }

  #whyNoMemory(): string {
    const { length } = this.copy.bytes;
    const address = this.#state[WalkSlot.detail];
    if (length === 0) return 'no stack was copied';
    if (address >= this.#stackStart && address < this.#stackStart + 0x100_0000n) return `stack copy ended after ${length} bytes`;
    return 'memory outside of the stack is needed';
  }

  /**
   * Outer frames, beyond the bytes that were copied, as they stand on the stack now. A server's outermost functions seldom return; that these have
   * not is only believed if the walk reaches the outermost one, and what is known from the time of the copy agrees: the
   * kernel's walk by frame pointers, or the call of the very function that the copy ends in.
   */
  #beyondCopy(pc: bigint): boolean {
    const start = this.#state[Registers.RSP];
    const mapping = this.process.mappingOf(Number(start));
    if (mapping === null || !mapping.writable || mapping.executable || this.copy.bytes.length === 0) return false;
    const live = this.process.readMemory(start, Math.min(mapping.end - Number(start), LIVE_BYTES));
    const copied = Number(this.#stackStart) + this.copy.bytes.length - Number(start);
    if (live === null || copied < 0) return false;
    live.set(this.copy.bytes.subarray(this.copy.bytes.length - copied).subarray(0, live.length));
    const state = this.#state.slice();
    state[WalkSlot.stackStart] = start;
    if (this.process.space.walk(state, live, this.#pcs, this.#lookups) !== Ended.outermost) return false;
    const count = Number(state[WalkSlot.frames]);
    const pcs = this.#pcs.slice(0, count);
    const lookups = this.#lookups.slice(0, count);
    if (count < 2 || !(this.#agreesWithKernel(pc, pcs) || this.#calls(pcs[1], lookups[0]))) return false;
    if (!pcs.subarray(1).every((address) => this.#followsCall(address))) return false;
    for (const lookup of lookups.subarray(1)) this.#frames.push({ lookup: Number(lookup) });
    return true;
  }

  /** Whether the kernel's walk went on from `pc`, and only to what was found here. */
  #agreesWithKernel(pc: bigint, pcs: BigUint64Array): boolean {
    const at = this.copy.framePointers.indexOf(pc);
    const further = at < 0 ? [] : this.copy.framePointers.subarray(at + 1);
    return further.length > 0 && further.every((address) => pcs.includes(address));
  }

  /** Whether the call before `address` names the function that `lookup` is in: `E8` and the distance. */
  #calls(address: bigint, lookup: bigint): boolean {
    const code = this.#readOnly(address - 5n, 5);
    if (code === null || code[0] !== 0xe8) return false;
    const target = address + BigInt(new DataView(code.buffer, code.byteOffset).getInt32(1, true));
    return target === this.#functionStart(lookup);
  }

  #functionStart(lookup: bigint): bigint | null {
    const mapping = this.process.mappingOf(Number(lookup));
    const binary = mapping === null ? null : this.process.binaryOf(mapping)?.binary;
    const bias = binary?.bias(BigInt(mapping!.start), BigInt(mapping!.offset));
    if (!binary || bias === null || bias === undefined) return null;
    return binary.nameOf(BigInt.asUintN(64, lookup - bias), false).start + bias;
  }

  #moduleOf(lookup: number): string {
    const mapping = this.process.mappingOf(lookup);
    const problem = mapping === null ? '' : this.process.binaryOf(mapping)?.problem ?? '';
    if (problem !== '') return `${moduleName(mapping)}: ${problem}`;
    return moduleName(mapping) || 'generated code';
  }

  /** Undefined: no runtime owns it. */
  #runtimeStep(pc: bigint, lookup: bigint): string | null | undefined {
    const runtime = this.process.runtimeOf(lookup) ?? this.process.runtimeOf(pc);
    if (runtime === null) return undefined;
    const registers = new Registers(this.#state.slice(0, 17), Number(this.#state[WalkSlot.known]));
    const before = registers.get(Registers.RSP);
    const step = runtime.step({ registers, returned: this.#state[WalkSlot.returned] !== 0n, memory: this.#memory });
    this.#frames.push({ frames: step.frames });
    if (step.caller === null) return step.ended === '' ? '' : this.#byKernel(pc, step.ended);
    const after = step.caller.get(Registers.RSP);
    if (after === null || before === null || after <= before || step.caller.get(Registers.PC) === null) return 'a frame of the runtime leads nowhere';
    this.#enter(step.caller.values, step.caller.known);
    return null;
  }

  #enter(values: BigUint64Array, known: number): void {
    this.#state.set(values.subarray(0, 17));
    this.#state[WalkSlot.known] = BigInt(known);
    this.#state[WalkSlot.returned] = 1n;
  }

  /** To the caller by rbp, as the ABI's optional frame layout has it. Only if what stands there can be a return address. */
  #framePointerStep(): boolean {
    const frame = this.#state[Registers.RBP];
    const known = this.#state[WalkSlot.known];
    if (((known >> BigInt(Registers.RBP)) & 1n) === 0n || frame < this.#state[Registers.RSP]) return false;
    const caller = this.#word(frame);
    const address = this.#word(frame + 8n);
    if (caller === null || address === null || !this.#followsCall(address)) return false;
    const values = new BigUint64Array(17);
    values[Registers.RBP] = caller;
    values[Registers.RSP] = frame + 16n;
    values[Registers.PC] = address;
    this.#enter(values, (1 << Registers.RBP) | (1 << Registers.RSP) | (1 << Registers.PC));
    return true;
  }

  /** What the kernel walked by frame pointers, from the frame that both ways agree on. */
  #byKernel(pc: bigint, why: string): string {
    const walked = this.copy.framePointers;
    const at = walked.indexOf(pc);
    if (at < 0) return why;
    let last = pc;
    for (const address of walked.subarray(at + 1)) {
      if (this.#frames.length >= FRAMES_KEPT || !this.#followsCall(address)) break;
      this.#frames.push({ lookup: Number(address) - 1 });
      last = address;
    }
    if (last === pc) return why;
    return this.#isOutermost(last) ? '' : `${why}; continued by frame pointers`;
  }

  /** Whether call frame information says that a function has no caller: that needs no registers. */
  #isOutermost(pc: bigint): boolean {
    const state = new BigUint64Array(WalkSlot.length);
    state[Registers.PC] = pc;
    state[Registers.RSP] = state[Registers.RBP] = 4096n;
    state[WalkSlot.known] = BigInt((1 << Registers.RBP) | (1 << Registers.RSP) | (1 << Registers.PC));
    state[WalkSlot.returned] = 1n;
    return this.process.space.walk(state, new Uint8Array(0), this.#pcs, this.#lookups) === Ended.outermost;
  }

  #word(address: bigint): bigint | null {
    const offset = address - this.#stackStart;
    if (offset >= 0n && offset + 8n <= BigInt(this.#stack.byteLength)) return this.#stack.getBigUint64(Number(offset), true);
    const bytes = this.#readOnly(address, 8);
    return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** Of a file: what is mapped and never written to. */
  #readOnly(address: bigint, lengthBytes: number): Uint8Array | null {
    if (address > BigInt(Number.MAX_SAFE_INTEGER)) return null;
    const mapping = this.process.mappingOf(Number(address));
    const binary = mapping === null ? null : this.process.binaryOf(mapping)?.binary;
    const bias = binary?.bias(BigInt(mapping!.start), BigInt(mapping!.offset));
    if (!binary || bias === null || bias === undefined) return null;
    return binary.read(BigInt.asUintN(64, address - bias), lengthBytes);
  }

  #followsCall(address: bigint): boolean {
    if (address > BigInt(Number.MAX_SAFE_INTEGER)) return false;
    const mapping = this.process.mappingOf(Number(address) - 1);
    if (mapping === null || !mapping.executable) return false;
    const from = address - BigInt(LONGEST_CALL);
    const code = this.#readOnly(from, LONGEST_CALL) ?? this.process.readMemory(from, LONGEST_CALL);
    return code !== null && endsWithCall(code);
  }
}

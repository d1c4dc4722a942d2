/**
 * One frame of HotSpot's: interpreted (fixed places below rbp, frame_x86.hpp), compiled (a frame of a fixed size, no frame
 * pointer; with the methods inlined into it), or a stub.
 */
import type { Frame } from '../../profile/stacks.js';
import { byFramePointer, frameState, withoutFramePointer, type FrameStep } from '../frame-pointers.js';
import type { PageMemory } from '../page-memory.js';
import { Registers, type RuntimeStep, type RuntimeStepInput, type StackMemory } from '../runtime.js';
import type { CodeBlob, CodeCache } from './code-cache.js';
import type { CompiledMethods } from './compiled-methods.js';
import type { Layout } from './layout.js';
import { unknownMethod, type Methods } from './methods.js';

/** [rbp + 8 * ...] of an interpreted frame. */
const interpreted = { senderSp: -1, method: -3, bytecode: -8 };
/** [rbp + 8 * ...] of the stub by which C++ calls Java: the registers that C++ wants back (stubGenerator_x86_64.cpp). */
const savedByCallStub: readonly [register: number, slot: number][] = [[3, -7], [12, -8], [13, -9], [14, -10], [15, -11]];
/** r13 holds the bytecode's address while the interpreter runs. */
const bytecodeRegister = 13;
/** Arguments that the caller of an interpreted method may have pushed: 255 words, and room for adapters. */
const mostArgumentBytes = 4096n;
const endsHere = 'the copied stack ends here';

export interface JvmParts { memory: PageMemory; layout: Layout; codeCache: CodeCache; methods: Methods; compiled: CompiledMethods }

export function stepFrame(parts: JvmParts, input: RuntimeStepInput): RuntimeStep {
  const pc = Number(input.registers.get(Registers.PC) ?? 0n);
  const blob = parts.codeCache.find(input.returned ? pc - 1 : pc);
  if (!blob) return { frames: [unknownMethod], caller: null, ended: 'compiled code that is gone' };
  if (blob.name === 'Interpreter') return interpretedFrame(parts, input);
  if (/nmethod$/.test(blob.name)) return { frames: parts.compiled.framesAt(blob, originalPc(parts, blob, input, pc), input.returned), ...ofFixedSize(blob, input) };
  return { frames: stubFrames(blob), ...stubCaller(parts, blob, input) };
}

function interpretedFrame({ methods }: JvmParts, input: RuntimeStepInput): RuntimeStep {
  const { registers, returned, memory } = input;
  const fp = registers.get(Registers.RBP);
  const word = (index: number) => (fp === null ? null : memory.word(fp + BigInt(8 * index)));
  const method = Number(word(interpreted.method) ?? 0n);
  const bytecode = returned ? word(interpreted.bytecode) : registers.get(bytecodeRegister) ?? word(interpreted.bytecode);
  const frame = methods.describe(method, bytecode === null ? -1 : methods.bciOf(method, Number(bytecode)));
  const next = byFramePointer(input);
  const senderSp = word(interpreted.senderSp);
  const sp = next.caller?.get(Registers.RSP) ?? null;
  // A compiled caller's frame begins at the stack pointer it had, not where its callee's arguments were laid out.
  if (next.caller && senderSp !== null && sp !== null && senderSp >= sp && senderSp - sp < mostArgumentBytes) next.caller.set(Registers.RSP, senderSp);
  return { frames: [frame ?? unknownMethod], ...next };
}

/** Where a method is to be deoptimised the return address is replaced; the true one lies in the frame. */
function originalPc({ memory: now, layout }: JvmParts, { address }: CodeBlob, { registers, returned, memory }: RuntimeStepInput, pc: number): number {
  if (!returned || now.word(address + layout.nmethod.deoptHandler) !== pc) return pc;
  const sp = registers.get(Registers.RSP);
  const offset = now.i32(address + layout.nmethod.originalPc);
  const original = sp === null || offset === null ? null : memory.word(sp + BigInt(offset));
  return original === null ? pc : Number(original);
}

function ofFixedSize(blob: CodeBlob, { registers, returned, memory }: RuntimeStepInput): FrameStep {
  const sp = registers.get(Registers.RSP);
  const fp = registers.get(Registers.RBP);
  if (sp === null) return { caller: null, ended: 'the stack pointer is not known' };
  const pc = registers.get(Registers.PC) ?? 0n;
  const pushed = returned ? blob.frameBytes - 8 : bytesPushed(blob, Number(pc), memory);
  const returnAt = sp + BigInt(pushed);
  const caller = memory.word(returnAt);
  const savedFp = pushed >= 8 ? memory.word(returnAt - 8n) : fp;
  if (caller === null) return { caller: null, ended: endsHere };
  const next = new Registers();
  next.set(Registers.PC, caller);
  next.set(Registers.RSP, returnAt + 8n);
  if (savedFp !== null) next.set(Registers.RBP, savedFp);
  return { caller: next, ended: '' };
}

/** Bytes between rsp and the return address at an instruction of the innermost frame: less than a whole frame in its prologue and epilogue. */
function bytesPushed(blob: CodeBlob, pc: number, memory: StackMemory): number {
  const whole = blob.frameBytes - 8;
  const code = memory.now(BigInt(pc) - 1n, 32);
  if (!code) return whole;
  // pop rbp; cmp rsp,[r15+...]; ja; ret
  if (code[1] === 0x5d) return 8;
  if (code[1] === 0xc3 || (code[1] === 0x49 && code[2] === 0x3b && code[3] === 0xa7)) return 0;
  if (code[1] === 0x0f && code[2] === 0x87 && code[7] === 0xc3) return 0;
  const left = blob.codeBegin + blob.frameComplete - pc;
  if (left <= 0) return whole;
  // push rbp; sub rsp, size. Before a method's own entry the caller's class is checked: nothing is pushed yet either.
  if (left > 30) return 0;
  for (let at = 1; at <= left; at++) {
    if (code[at] !== 0x48 || (code[at + 1] !== 0x83 && code[at + 1] !== 0x81) || code[at + 2] !== 0xec) continue;
    return at === 1 && code[0] === 0x55 ? 8 : 0;
  }
  return whole;
}

function stubFrames({ name }: CodeBlob): Frame[] {
  if (!name.startsWith('RuntimeStub')) return [];
  return [{ name: name.replace(/^RuntimeStub - /, ''), kind: 'java', module: 'jvm', file: '', line: 0, inlined: false }];
}

function stubCaller({ memory: now, layout }: JvmParts, blob: CodeBlob, input: RuntimeStepInput): FrameStep {
  if (blob.frameBytes > 0) return ofFixedSize(blob, input);
  const pc = input.registers.get(Registers.PC) ?? 0n;
  if (input.returned) {
    const next = byFramePointer(input);
    if (next.caller && Number(pc) === now.word(layout.callStubReturn)) restore(next.caller, input);
    return next;
  }
  // Adapters and dispatch tables have no frame at all.
  if (/adapters|vtable|itable|MethodHandles/i.test(blob.name)) return withoutFramePointer(input, 'at return');
  const state = frameState(pc, input.memory);
  return state === 'set up' ? byFramePointer(input) : withoutFramePointer(input, state);
}

function restore(caller: Registers, { registers, memory }: RuntimeStepInput): void {
  const fp = registers.get(Registers.RBP);
  for (const [register, slot] of savedByCallStub) {
    const value = fp === null ? null : memory.word(fp + BigInt(8 * slot));
    if (value !== null) caller.set(register, value);
  }
}

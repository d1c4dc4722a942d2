/**
 * One step by the frame pointer, for code that keeps one (V8's JIT and builtins, Go): rbp points at the caller's rbp, above it
 * lies the return address.
 */
import { Registers, type RuntimeStepInput, type StackMemory } from './runtime.js';

const stackEnds = 'the copied stack ends here';
const broken = 'the chain of frame pointers is broken';
const wordBytes = 8n;

export interface FrameStep { caller: Registers | null; ended: string }

/** Where in its function a pc stands, as far as the stack is concerned. */
export type FrameState = 'set up' | 'before push' | 'after push' | 'at return';

/**
 * The innermost frame may not have its frame pointer yet, or no more: told by the instructions at the pc (`push rbp; mov rbp,rsp`,
 * `ret`), as they are in memory now.
 */
export function frameState(pc: bigint, memory: StackMemory): FrameState {
  const code = memory.now(pc - 1n, 5);
  if (!code || code.length < 5) return 'set up';
  const isMove = (at: number) => code[at] === 0x48 && ((code[at + 1] === 0x89 && code[at + 2] === 0xe5) || (code[at + 1] === 0x8b && code[at + 2] === 0xec));
  if (code[1] === 0x55 && isMove(2)) return 'before push';
  if (code[0] === 0x55 && isMove(1)) return 'after push';
  return code[1] === 0xc3 || code[1] === 0xc2 ? 'at return' : 'set up';
}

/** Caller of a frame whose rbp is set up. */
export function byFramePointer({ registers, memory }: RuntimeStepInput): FrameStep {
  const fp = registers.get(Registers.RBP);
  const sp = registers.get(Registers.RSP);
  if (fp === null || sp === null) return { caller: null, ended: broken };
  if (fp % wordBytes !== 0n || fp < sp) return { caller: null, ended: broken };
  const callerFp = memory.word(fp);
  const pc = memory.word(fp + wordBytes);
  if (callerFp === null || pc === null) return { caller: null, ended: stackEnds };
  return { caller: registersOf(pc, fp + 2n * wordBytes, callerFp), ended: '' };
}

/** Caller of a frame that has not pushed rbp yet, has just done so, or is about to return. */
export function withoutFramePointer({ registers, memory }: RuntimeStepInput, state: FrameState): FrameStep {
  const sp = registers.get(Registers.RSP);
  const fp = registers.get(Registers.RBP);
  if (sp === null || fp === null) return { caller: null, ended: broken };
  const at = state === 'after push' ? sp + wordBytes : sp;
  const pc = memory.word(at);
  return pc === null ? { caller: null, ended: stackEnds } : { caller: registersOf(pc, at + wordBytes, fp), ended: '' };
}

function registersOf(pc: bigint, sp: bigint, fp: bigint): Registers {
  const registers = new Registers();
  registers.set(Registers.PC, pc);
  registers.set(Registers.RSP, sp);
  registers.set(Registers.RBP, fp);
  return registers;
}

/**
 * One frame of V8's: whose it is, and where it returns to. JavaScript frames keep rbp; [fp-8] is the function's context or, in V8's own
 * frames, a type marker; [fp-16] the function; in interpreted and baseline frames [fp-32] the bytecode (names of the offsets: v8dbg_off_fp_*).
 */
import type { Frame } from '../../profile/stacks.js';
import { byFramePointer, frameState, withoutFramePointer } from '../frame-pointers.js';
import type { PerfMap } from '../perf-map.js';
import { Registers, type RuntimeStep, type RuntimeStepInput } from '../runtime.js';
import type { Builtins } from './builtins.js';
import { isGlue, runsAFunction } from './builtins.js';
import type { BytecodeIndex } from './bytecode.js';
import type { Code, CodeFinder } from './code.js';
import { unknownFunction, type Functions } from './functions.js';
import type { Heap } from './heap.js';
import { isPointer } from './heap.js';
import { perfMapFrame } from './perf-map-frame.js';

/** r13: address of the isolate's roots while JavaScript runs. */
const rootRegister = 13;
/** rdi: the function that is being called. */
const functionRegister = 5;
const largestMarker = 128;

export interface V8Parts { heap: Heap; builtins: Builtins; functions: Functions; code: CodeFinder; bytecode: BytecodeIndex; perfMap: Pick<PerfMap, 'nameOf'> }

export function stepFrame(parts: V8Parts, input: RuntimeStepInput): RuntimeStep {
  const { registers, returned, memory } = input;
  const pc = registers.get(Registers.PC);
  if (pc === null) return { frames: [], caller: null, ended: 'the instruction pointer is not known' };
  const lookUp = Number(returned ? pc - 1n : pc);
  const root = returned ? null : registers.get(rootRegister);
  if (root !== null) parts.bytecode.noteRoot(Number(root));
  const builtin = parts.builtins.contains(lookUp) ? parts.builtins.at(lookUp) ?? 'Builtins' : null;
  const state = returned || (builtin !== null && runsAFunction(builtin)) ? 'set up' : frameState(pc, memory);
  const next = state === 'set up' ? byFramePointer(input) : withoutFramePointer(input, state);
  const found = state === 'set up' ? framesOf(parts, input, lookUp, builtin) : withoutOwnFrame(parts, input, lookUp, builtin);
  const frames = found.map((frame) => (frame === unknownFunction ? perfMapFrame(parts.perfMap.nameOf(lookUp)) ?? frame : frame));
  return { frames, caller: next.caller, ended: next.ended };
}

function framesOf(parts: V8Parts, input: RuntimeStepInput, pc: number, builtin: string | null): Frame[] {
  const { layout } = parts.heap;
  const marker = slot(input, layout.frame.contextOrType);
  const isTyped = marker !== null && marker % 2 === 0 && marker < largestMarker;
  if (builtin !== null) {
    if (runsAFunction(builtin)) return [bytecodeFunction(parts, input) ?? closure(parts, input) ?? unknownFunction];
    const own = named(builtin);
    if (isTyped || input.returned) return own;
    // A builtin without a frame of its own, called by the function whose frame this is.
    const caller = bytecodeFunction(parts, input);
    return caller ? [...own, caller] : own;
  }
  if (isTyped) return typedFrame(parts, input, layout.frameTypes.get(marker / 2) ?? '');
  const code = parts.code.at(pc);
  return [bytecodeFunction(parts, input) ?? optimisedFunction(parts, code) ?? closure(parts, input) ?? unknownFunction];
}

/** At a function's first or last instruction: what is at rbp is the caller's. */
function withoutOwnFrame(parts: V8Parts, { registers }: RuntimeStepInput, pc: number, builtin: string | null): Frame[] {
  if (builtin !== null) return named(builtin);
  const code = parts.code.at(pc);
  const compiled = optimisedFunction(parts, code);
  if (compiled) return [compiled];
  const shared = code?.kind === 'baseline' ? parts.bytecode.find(code.data) : null;
  const called = registers.get(functionRegister);
  const frame = shared !== null ? parts.functions.describe(shared) : called !== null && code?.start === pc ? sharedFrame(parts, Number(called)) : null;
  return [frame ?? unknownFunction];
}

function named(builtin: string): Frame[] {
  return isGlue(builtin) ? [] : [{ name: builtin, kind: 'javascript', module: 'v8', file: '', line: 0, inlined: false }];
}

function typedFrame(parts: V8Parts, input: RuntimeStepInput, type: string): Frame[] {
  if (type === 'Irregexp') return [regularExpression(parts, input)];
  if (/^(Wasm|WasmFrame)$/.test(type)) return [{ ...unknownFunction, name: '(WebAssembly function)' }];
  return [];
}

/** By [fp-32]: holds whatever became of the closure since. */
function bytecodeFunction(parts: V8Parts, input: RuntimeStepInput): Frame | null {
  const { heap, bytecode, functions } = parts;
  const array = slot(input, heap.layout.frame.bytecodeArray);
  if (!heap.is(array, heap.layout.types.bytecodeArray)) return null;
  const shared = sharedOf(parts, slot(input, heap.layout.frame.function));
  if (shared !== null && bytecode.bytecodeOf(shared) === array) {
    const script = functions.scriptOf(shared);
    if (script !== null) bytecode.noteScript(script);
    bytecode.note(array, shared);
    return functions.describe(shared);
  }
  const found = bytecode.find(array);
  return found === null ? unknownFunction : functions.describe(found);
}

function optimisedFunction(parts: V8Parts, code: Code | null): Frame | null {
  const shared = code ? parts.code.functionOf(code) : null;
  if (shared === null) return null;
  const script = parts.functions.scriptOf(shared);
  if (script !== null) parts.bytecode.noteScript(script);
  return parts.functions.describe(shared);
}

/**
 * By [fp-16] alone: only where nothing else can be asked, and only if the closure is where garbage collections have left it for
 * a while. Young closures move at every scavenge, and another one may have been put in the same place.
 */
function closure(parts: V8Parts, input: RuntimeStepInput): Frame | null {
  const value = slot(input, parts.heap.layout.frame.function);
  return value === null || parts.heap.isYoung(value) ? null : sharedFrame(parts, value);
}

function sharedFrame(parts: V8Parts, value: number): Frame | null {
  const shared = sharedOf(parts, value);
  return shared === null ? null : parts.functions.describe(shared);
}

/** SharedFunctionInfo of a closure; null when `value` is none. */
function sharedOf({ heap }: V8Parts, value: number | null): number | null {
  if (value === null || !isPointer(value)) return null;
  const { types, jsFunction } = heap.layout;
  const closure = heap.current(value);
  if (!isFunctionType(heap.typeOf(closure), types.jsFunction)) return null;
  const shared = heap.field(closure, jsFunction.shared);
  return heap.is(shared, types.sharedFunctionInfo) ? shared : null;
}

/** Class constructors and the like have instance types around the plain function's. */
function isFunctionType(type: number, plain: number): boolean {
  return type >= plain - 20 && type <= plain + 20;
}

/** A regular expression's compiled code: its source, if exactly one of them lies in the frame of its caller. */
function regularExpression({ heap }: V8Parts, { registers, memory }: RuntimeStepInput): Frame {
  const fp = registers.get(Registers.RBP);
  const callerFp = fp === null ? null : memory.word(fp);
  const sources = new Set<string>();
  if (fp !== null && callerFp !== null && callerFp - fp < 1024n) {
    for (let at = fp + 16n; at < callerFp + 64n; at += 8n) {
      const object = Number(memory.word(at) ?? 0n);
      const source = heap.is(object, heap.layout.types.jsRegExp) ? heap.field(object, heap.layout.jsRegExp.source) : null;
      const text = source === null ? null : heap.text(source, 80);
      if (text !== null) sources.add(text);
    }
  }
  const name = sources.size === 1 ? `(regular expression /${[...sources][0]}/)` : '(regular expression)';
  return { ...unknownFunction, name };
}

function slot({ registers, memory }: RuntimeStepInput, offset: number): number | null {
  const fp = registers.get(Registers.RBP);
  const value = fp === null ? null : memory.word(fp + BigInt(offset));
  return value === null ? null : Number(value);
}

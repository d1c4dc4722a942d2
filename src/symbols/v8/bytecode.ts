/**
 * Which function a bytecode array belongs to. It has no pointer back, so the functions of known scripts are looked through: a
 * frame's closure may have been moved or died since the sample, its bytecode stays where it is.
 */
import type { Heap } from './heap.js';
import { isPointer, smi, weakTarget } from './heap.js';

const mostFunctions = 200_000;
const mostScripts = 20_000;
/** V8's table of roots holds about a thousand objects; the list of scripts is one of them. */
const rootsBytes = 12 * 1024;
const longestLookMs = 150;

export class BytecodeIndex {
  private readonly functionOf = new Map<number, number>();
  /** In the order to be looked through: those seen in stacks before the rest, then those not looked at for the longest. */
  private readonly scripts = new Set<number>();
  private readonly noted = new Set<number>();
  /** Values of the root register: one for each isolate (worker threads have their own). */
  private readonly roots = new Set<number>();
  private looked = false;

  constructor(private readonly heap: Heap, private readonly clock: () => number = () => performance.now()) {}

  /** A new batch: functions may have been compiled since. */
  forget(): void {
    this.looked = false;
  }

  noteScript(script: number): void {
    if (this.noted.has(script) || this.noted.size >= mostScripts) return;
    this.noted.add(script);
    this.looked = false;
  }

  /** r13 while JavaScript runs. */
  noteRoot(root: number): void {
    if (root % 8 !== 0 || this.roots.has(root) || this.roots.size >= 64) return;
    this.roots.add(root);
    this.looked = false;
  }

  note(bytecode: number, shared: number): void {
    if (this.functionOf.size >= mostFunctions) this.functionOf.clear();
    this.functionOf.set(bytecode, shared);
  }

  /** The SharedFunctionInfo whose bytecode this is now; null when it is not found. */
  find(bytecode: number): number | null {
    if (!this.heap.is(bytecode, this.heap.layout.types.bytecodeArray)) return null;
    const known = this.functionOf.get(bytecode);
    if (known !== undefined && this.bytecodeOf(known) === bytecode) return known;
    if (this.looked) return null;
    this.look();
    const found = this.functionOf.get(bytecode);
    return found !== undefined && this.bytecodeOf(found) === bytecode ? found : null;
  }

  /** Bytecode of a function, whatever it runs as; null when it has none (builtins, not compiled). */
  bytecodeOf(shared: number): number | null {
    const { types, shared: fields, code } = this.heap.layout;
    if (!this.heap.is(shared, types.sharedFunctionInfo)) return null;
    let data = this.heap.field(shared, fields.functionData);
    if (this.heap.is(data, types.code)) data = this.heap.field(data, code.data);
    if (this.heap.is(data, types.interpreterData)) data = this.heap.field(data, 8);
    return this.heap.is(data, types.bytecodeArray) ? data : null;
  }

  private look(): void {
    this.looked = true;
    const until = this.clock() + longestLookMs;
    for (const root of this.roots) this.lookForScripts(root);
    for (const script of this.noted) if (!this.lookThrough(script)) this.noted.delete(script);
    for (const script of [...this.scripts]) {
      if (this.clock() > until) return;
      this.scripts.delete(script);
      if (this.lookThrough(script)) this.scripts.add(script);
    }
  }

  /** The list of all scripts among an isolate's roots: the weak list whose elements are scripts. */
  private lookForScripts(root: number): void {
    const { types } = this.heap.layout;
    for (let offset = 0; offset < rootsBytes; offset += 8) {
      const value = this.heap.memory.word(root + offset);
      if (value === null) return;
      if (!isPointer(value) || !this.heap.is(value, types.weakArrayList)) continue;
      // capacity, length, elements
      for (const object of this.weakElements(value, smi(this.heap.field(value, 16)) ?? 0, 24)) {
        if (!this.heap.is(object, types.script)) break;
        if (this.scripts.size < mostScripts) this.scripts.add(object);
      }
    }
  }

  /** False when it is no script any more. */
  private lookThrough(script: number): boolean {
    const { types, script: fields } = this.heap.layout;
    if (!this.heap.is(script, types.script)) return false;
    const list = this.heap.field(script, fields.sharedFunctionInfos);
    if (list === null || !isPointer(list)) return true;
    for (const shared of this.weakElements(list, smi(this.heap.field(list, 8)) ?? 0, 16)) {
      if (!this.heap.is(shared, types.sharedFunctionInfo)) continue;
      const bytecode = this.bytecodeOf(shared);
      if (bytecode !== null) this.note(bytecode, shared);
    }
    return true;
  }

  private *weakElements(list: number, length: number, first: number): Generator<number> {
    for (let index = 0; index < Math.min(length, mostFunctions); index++) {
      const value = this.heap.field(list, first + 8 * index);
      if (value === null) return;
      const target = weakTarget(value);
      if (target !== null) yield target;
    }
  }
}

/**
 * Compiled code: from a pc to the Code object that it lies in. Code hardly ever moves, so this holds also for functions
 * whose closures were moved by the garbage collector since the sample.
 *
 * An InstructionStream begins with its map and a pointer to its Code, which points back: searched downwards from the pc. (Before
 * Node 20 a Code object carries its instructions itself.)
 */
import type { Heap } from './heap.js';
import { isPointer } from './heap.js';

/** Longest distance from a pc to the start of its code. Optimised functions with everything inlined reach some 100 KB. */
const furthestBytes = 512 * 1024;
const chunkBytes = 4096;

export interface Code {
  object: number;
  /** First and last instruction, the latter exclusive. */
  start: number;
  end: number;
  kind: 'baseline' | 'optimised' | 'other';
  /** Of optimised code: deoptimization data; of baseline code: the bytecode. */
  data: number;
}

export class CodeFinder {
  /** Sorted by nothing: few distinct pieces of code are hot in one batch. Validated by its caller's batch: `forget`. */
  private found: Code[] = [];

  constructor(private readonly heap: Heap) {}

  forget(): void {
    this.found = [];
  }

  at(pc: number): Code | null {
    const known = this.found.find((code) => pc >= code.start && pc < code.end);
    if (known) return known;
    const code = this.search(pc);
    if (code) this.found.push(code);
    return code;
  }

  private search(pc: number): Code | null {
    const { types, code: layout } = this.heap.layout;
    const wanted = layout.inObject ? types.code : types.instructionStream;
    let end = pc - (pc % 8) + 8;
    for (const lowest = pc - furthestBytes; end > lowest;) {
      const start = Math.max(end - (end % chunkBytes || chunkBytes), 0);
      for (let at = end - 8; at >= start; at -= 8) {
        const map = this.heap.memory.word(at);
        if (map === null) return null;
        if (!isPointer(map) || this.heap.typeOfMap(map) !== wanted) continue;
        const code = this.codeOf(at + 1, pc);
        if (code) return code;
      }
      end = start;
    }
    return null;
  }

  /** @param object an InstructionStream (or, in object, a Code) that may be the one */
  private codeOf(object: number, pc: number): Code | null {
    const { types, code: layout } = this.heap.layout;
    const code = layout.inObject ? object : this.heap.field(object, 8);
    if (!this.heap.is(code, types.code)) return null;
    if (!layout.inObject && this.heap.field(code, layout.instructionStream) !== object) return null;
    const start = layout.inObject ? object - 1 + layout.instructionStart : this.heap.field(code, layout.instructionStart);
    const size = this.heap.memory.u32(code - 1 + layout.instructionSize);
    const flags = this.heap.memory.u32(code - 1 + layout.flags);
    const data = this.heap.field(code, layout.data);
    if (start === null || size === null || flags === null || data === null || pc < start || pc >= start + size) return null;
    return { object: code, start, end: start + size, kind: this.kindOf(flags), data };
  }

  private kindOf(flags: number): Code['kind'] {
    const { mask, baseline } = this.heap.layout.codeKinds;
    const kind = flags & mask;
    if (kind === baseline) return 'baseline';
    // Maglev and Turbofan follow baseline in every version's list.
    return kind > baseline ? 'optimised' : 'other';
  }

  /** The SharedFunctionInfo that optimised code was compiled for. */
  functionOf(code: Code): number | null {
    if (code.kind !== 'optimised' || !isPointer(code.data)) return null;
    const { types, deoptimization } = this.heap.layout;
    const value = this.heap.field(code.data, deoptimization.sharedFunctionInfo);
    if (this.heap.is(value, types.sharedFunctionInfo)) return value;
    const inner = this.heap.is(value, types.sharedFunctionInfoWrapper) ? this.heap.field(value, 8) : null;
    return this.heap.is(inner, types.sharedFunctionInfo) ? inner : null;
  }
}

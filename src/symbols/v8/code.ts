/**
 * Compiled code: from a pc to the Code object that it lies in. Code hardly ever moves, so this holds also for functions
 * whose closures were moved by the garbage collector since the sample.
 *
 * An InstructionStream begins with its map and a pointer to its Code, which points back: searched downwards from the pc. (Before
 * Node 20 a Code object carries its instructions itself.)
 */
import type { Heap } from './heap.js';
import { isPointer, smi, weakTarget } from './heap.js';
import { positionAt, sourcePosition, type SourcePosition } from './source-positions.js';

/** Longest distance from a pc to the start of its code. Optimised functions with everything inlined reach some 100 KB. */
const furthestBytes = 512 * 1024;
const chunkBytes = 4096;
/** Of one batch: some milliseconds each. */
const mostMisses = 200;
const longestTable = 1 << 20;
const inliningPositionBytes = 16;
const deepestInlining = 64;

export interface Code {
  object: number;
  /** First and last instruction, the latter exclusive. */
  start: number;
  end: number;
  kind: 'baseline' | 'optimised' | 'other';
  /** Of optimised code: deoptimization data; of baseline code: the bytecode. */
  data: number;
}

export interface FunctionPlace { shared: number; scriptOffset: number }

export class CodeFinder {
  /** Sorted by nothing: few distinct pieces of code are hot in one batch. Validated by its caller's batch: `forget`. */
  private found: Code[] = [];
  /** Where there was none: WebAssembly, code that is gone. Searching is what costs. */
  private readonly missed = new Set<number>();

  constructor(private readonly heap: Heap) {}

  forget(): void {
    this.found = [];
    this.missed.clear();
  }

  at(pc: number): Code | null {
    const known = this.found.find((code) => pc >= code.start && pc < code.end);
    if (known || this.missed.has(pc) || this.missed.size >= mostMisses) return known ?? null;
    const code = this.search(pc);
    if (code) this.found.push(code);
    else this.missed.add(pc);
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

  /** Functions inlined at a place of optimised code, innermost first, then the compiled one; each with a place in its script (-1: none). Empty when it cannot be told. */
  functionsAt(code: Code, pc: number): FunctionPlace[] {
    const compiled = this.functionOf(code);
    if (compiled === null) return [];
    const places: FunctionPlace[] = [];
    let position = this.positionAt(code, pc);
    while (position && position.inliningId >= 0) {
      const call = this.inlinedCall(code.data, position.inliningId);
      if (!call || places.length >= deepestInlining) return [{ shared: compiled, scriptOffset: -1 }];
      places.push({ shared: call.shared, scriptOffset: position.scriptOffset });
      position = call.position;
    }
    return [...places, { shared: compiled, scriptOffset: position?.scriptOffset ?? -1 }];
  }

  private positionAt(code: Code, pc: number): SourcePosition | null {
    // The table follows the deoptimization data in every version.
    const table = this.heap.field(code.object, this.heap.layout.code.data + 8);
    const bytes = table === null ? null : this.arrayBytes(table);
    return bytes ? positionAt(bytes, pc - code.start) : null;
  }

  /** InliningPosition: where the call stood (8 bytes), and which of the code's literals is the function. */
  private inlinedCall(data: number, inliningId: number): { shared: number; position: SourcePosition | null } | null {
    const { deoptimization, types } = this.heap.layout;
    const table = this.heap.field(data, deoptimization.inliningPositions);
    const bytes = table === null ? null : this.arrayBytes(table);
    if (!bytes || (inliningId + 1) * inliningPositionBytes > bytes.length) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset + inliningId * inliningPositionBytes, inliningPositionBytes);
    const literals = this.heap.field(data, deoptimization.literals);
    const value = literals === null ? null : this.heap.field(literals, 16 + 8 * view.getUint32(8, true));
    const literal = weakTarget(value) ?? value;
    const shared = this.heap.is(literal, types.sharedFunctionInfoWrapper) ? this.heap.field(literal, 8) : literal;
    if (!this.heap.is(shared, types.sharedFunctionInfo)) return null;
    return { shared, position: sourcePosition(view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32) };
  }

  private arrayBytes(array: number): Uint8Array | null {
    const length = isPointer(array) && this.heap.typeOf(array) >= 0 ? smi(this.heap.field(array, 8)) : null;
    return length !== null && length > 0 && length <= longestTable ? this.heap.memory.bytes(array - 1 + 16, length) : null;
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

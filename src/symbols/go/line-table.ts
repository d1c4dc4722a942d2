/**
 * Go's own table of functions, frame sizes, files and lines (runtime.pclntab), which also stripped binaries carry: Go 1.18 and 1.19
 * (magic 0xfffffff0), 1.20 and later (0xfffffff1). Layout: src/runtime/symtab.go and runtime2.go of those versions.
 */
import type { PageMemory } from '../page-memory.js';

const magic = { go118: 0xfffffff0, go120: 0xfffffff1 };
const mostFunctions = 4_000_000;
/** Of a program counter table: one step for each instruction that changes the value. */
const mostSteps = 200_000;
const longestName = 512;
const noFunctionData = 0xffffffff;

export interface Function {
  /** Address of its _func. */
  at: number;
  entry: number;
  end: number;
  name: string;
}

export interface Place { file: string; line: number }

export class LineTable {
  readonly textStart: number;
  readonly textEnd: number;
  readonly hasStartLine: boolean;
  private readonly count: number;
  private readonly names: number;
  private readonly units: number;
  private readonly files: number;
  private readonly values: number;
  private readonly functions: number;

  private constructor(private readonly memory: PageMemory, start: number, version: number) {
    const word = (index: number) => memory.word(start + 8 + 8 * index) ?? Number.NaN;
    this.hasStartLine = version === magic.go120;
    this.count = word(0);
    this.textStart = word(2);
    [this.names, this.units, this.files, this.values, this.functions] = [3, 4, 5, 6, 7].map((index) => start + word(index));
    this.textEnd = this.textStart + (memory.u32(this.functions + 8 * this.count) ?? Number.NaN);
  }

  /** Null for other versions, and when the header makes no sense. */
  static at(memory: PageMemory, start: number): LineTable | null {
    const version = memory.u32(start);
    const quantum = memory.u8(start + 6);
    const pointerBytes = memory.u8(start + 7);
    if ((version !== magic.go118 && version !== magic.go120) || quantum !== 1 || pointerBytes !== 8) return null;
    const table = new LineTable(memory, start, version);
    return table.count > 0 && table.count < mostFunctions && table.textEnd > table.textStart ? table : null;
  }

  contains(pc: number): boolean {
    return pc >= this.textStart && pc < this.textEnd;
  }

  find(pc: number): Function | null {
    if (!this.contains(pc)) return null;
    let low = 0;
    let high = this.count;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      const entry = this.memory.u32(this.functions + 8 * middle);
      if (entry === null) return null;
      if (this.textStart + entry <= pc) low = middle;
      else high = middle;
    }
    const entry = this.memory.u32(this.functions + 8 * low);
    const end = this.memory.u32(this.functions + 8 * low + 8);
    const offset = this.memory.u32(this.functions + 8 * low + 4);
    if (entry === null || end === null || offset === null) return null;
    const at = this.functions + offset;
    const name = this.name(this.memory.i32(at + 4) ?? -1);
    return name === null ? null : { at, entry: this.textStart + entry, end: this.textStart + end, name };
  }

  /** Bytes between rsp and the return address at a pc. */
  frameBytes(one: Function, pc: number): number | null {
    return this.value(this.memory.u32(one.at + 16), one, pc);
  }

  place(one: Function, pc: number): Place {
    return { file: this.file(one, this.value(this.memory.u32(one.at + 20), one, pc) ?? -1), line: this.value(this.memory.u32(one.at + 24), one, pc) ?? 0 };
  }

  /** File number -> path, by the function's compilation unit. */
  file(one: Function, number: number): string {
    const unit = this.memory.u32(one.at + 32);
    const offset = unit === null || number < 0 ? null : this.memory.u32(this.units + 4 * (unit + number));
    return offset === null || offset === noFunctionData ? '' : this.memory.cString(this.files + offset, longestName) ?? '';
  }

  name(offset: number): string | null {
    return offset < 0 ? null : this.memory.cString(this.names + offset, longestName);
  }

  /** A value that the compiler keeps for each pc (PCDATA): null when the function has none. */
  pcData(one: Function, index: number, pc: number): number | null {
    const count = this.memory.u32(one.at + 28);
    return count === null || index >= count ? null : this.value(this.memory.u32(one.at + this.headerBytes + 4 * index), one, pc);
  }

  /** Offset of a function's table (FUNCDATA) from `go.func.*`; null when it has none. */
  functionData(one: Function, index: number): number | null {
    const values = this.memory.u32(one.at + 28);
    const count = this.memory.u8(one.at + this.headerBytes - 1);
    if (values === null || count === null || index >= count || values > 64) return null;
    const offset = this.memory.u32(one.at + this.headerBytes + 4 * (values + index));
    return offset === noFunctionData ? null : offset;
  }

  /** Of the fixed part of a _func. */
  private get headerBytes(): number {
    return this.hasStartLine ? 44 : 40;
  }

  /** pcvalue of runtime/symtab.go: pairs of differences, of the value (zigzag) and of the pc, as variable-length integers. */
  private value(offset: number | null, one: Function, pc: number): number | null {
    if (!offset) return null;
    let at = this.values + offset;
    let value = -1;
    let reached = one.entry;
    const integer = (): number | null => {
      let result = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = this.memory.u8(at++);
        if (byte === null) return null;
        result += (byte & 0x7f) * 2 ** shift;
        if (!(byte & 0x80)) return result;
      }
      return null;
    };
    for (let step = 0; step < mostSteps; step++) {
      const difference = integer();
      if (difference === null || (difference === 0 && step > 0)) return null;
      const length = integer();
      if (length === null) return null;
      value += difference % 2 ? -((difference + 1) / 2) : difference / 2;
      reached += length;
      if (pc < reached) return value;
    }
    return null;
  }
}

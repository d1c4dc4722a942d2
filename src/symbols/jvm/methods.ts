/** Names and lines of Java methods: Method -> ConstMethod -> ConstantPool -> Symbols. */
import type { Frame } from '../../profile/stacks.js';
import type { PageMemory } from '../page-memory.js';
import type { Layout } from './layout.js';
import { lineOf } from './scopes.js';

/** JVM_CONSTANT_Utf8: the tag of an entry that is a Symbol. */
const utf8Tag = 1;
const hasLineNumbers = 1;
const longestSymbol = 512;
const longestLineTable = 64 * 1024;
const mostKnown = 50_000;

/** What stands for a method that could not be read: never a guess. */
export const unknownMethod: Frame = { name: '(Java method)', kind: 'java', module: '', file: '', line: 0, inlined: false };

interface Known { constMethod: number; name: string; file: string }

export class Methods {
  private readonly known = new Map<number, Known>();
  private readonly lineTables = new Map<number, Uint8Array | null>();

  constructor(private readonly memory: PageMemory, private readonly layout: Layout) {}

  forget(): void {
    this.lineTables.clear();
  }

  /** @param bci index of the bytecode that runs or has called; -1 when it is not known */
  describe(method: number, bci: number): Frame | null {
    const constMethod = this.memory.word(method + this.layout.method.constMethod);
    if (constMethod === null) return null;
    let known = this.known.get(method);
    if (!known || known.constMethod !== constMethod) {
      const made = this.read(constMethod);
      if (!made) return null;
      if (this.known.size >= mostKnown) this.known.clear();
      this.known.set(method, known = made);
    }
    return { name: known.name, kind: 'java', module: known.file, file: known.file, line: bci >= 0 ? this.line(constMethod, bci) : 0, inlined: false };
  }

  /** Of an address within a method's bytecode; -1 when it lies elsewhere. */
  bciOf(method: number, bytecode: number): number {
    const constMethod = this.memory.word(method + this.layout.method.constMethod);
    const size = constMethod === null ? null : this.memory.u16(constMethod + this.layout.constMethod.codeSize);
    if (constMethod === null || size === null) return -1;
    const bci = bytecode - constMethod - this.layout.constMethod.size;
    return bci >= 0 && bci < size ? bci : -1;
  }

  private read(constMethod: number): Known | null {
    const { constMethod: fields, constantPool, klass } = this.layout;
    const pool = this.memory.word(constMethod + fields.constants);
    if (pool === null) return null;
    const nameIndex = this.memory.u16(constMethod + fields.nameIndex);
    const sourceIndex = this.memory.u16(pool + constantPool.sourceFileIndex);
    const holder = this.memory.word(pool + constantPool.holder);
    const className = holder === null ? null : this.symbol(this.memory.word(holder + klass.name));
    const name = nameIndex === null ? null : this.constant(pool, nameIndex);
    if (className === null || name === null) return null;
    return { constMethod, name: `${readableClass(className)}.${name}`, file: (sourceIndex ? this.constant(pool, sourceIndex) : null) ?? '' };
  }

  /** A constant pool's entry that is a Symbol. */
  private constant(pool: number, index: number): string | null {
    const { constantPool, tags } = this.layout;
    const length = this.memory.u32(pool + constantPool.length);
    const tagArray = this.memory.word(pool + constantPool.tags);
    if (length === null || tagArray === null || index >= length) return null;
    if (this.memory.u8(tagArray + tags.data + index) !== utf8Tag) return null;
    return this.symbol(this.memory.word(pool + constantPool.size + 8 * index));
  }

  private symbol(address: number | null): string | null {
    if (address === null) return null;
    const { symbol } = this.layout;
    const length = this.memory.u16(address + symbol.length);
    const bytes = length === null || length === 0 ? null : this.memory.bytes(address + symbol.body, Math.min(length, longestSymbol));
    return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8').replaceAll(/\p{Cc}/gu, '\ufffd') : null;
  }

  private line(constMethod: number, bci: number): number {
    let table = this.lineTables.get(constMethod);
    if (table === undefined) this.lineTables.set(constMethod, table = this.lineTable(constMethod));
    return table ? lineOf(table, bci) : 0;
  }

  /** It follows the bytecode; how long it is only its end tells. */
  private lineTable(constMethod: number): Uint8Array | null {
    const { constMethod: fields } = this.layout;
    const flags = this.memory.u16(constMethod + fields.flags);
    const codeSize = this.memory.u16(constMethod + fields.codeSize);
    if (flags === null || codeSize === null || !(flags & hasLineNumbers)) return null;
    const start = constMethod + fields.size + codeSize;
    for (let length = 512; length <= longestLineTable; length *= 4) {
      const bytes = this.memory.bytes(start, length) ?? this.memory.bytes(start, length / 4);
      if (!bytes) return null;
      const end = bytes.indexOf(0);
      if (end !== -1 || bytes.length < length) return bytes;
    }
    return null;
  }
}

/** `java/util/List` -> `java.util.List`; the address in a hidden class's name differs from run to run. */
function readableClass(name: string): string {
  return name.replace(/[/+]0x[0-9a-f]+$/, '').replaceAll('/', '.');
}

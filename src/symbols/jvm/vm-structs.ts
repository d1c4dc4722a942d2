/**
 * HotSpot's description of itself: tables of its C++ fields, types and constants that libjvm.so exports for the Serviceability
 * Agent (vmStructs.hpp). Read from the live process, so the offsets are those of the very JVM that runs.
 */
import type { PageMemory } from '../page-memory.js';

/** Address of an exported variable of libjvm; null when there is none. */
export type SymbolAddress = (name: string) => number | null;

const mostEntries = 20_000;
const longestName = 128;

interface Field { isStatic: boolean; /** Offset within the object, or address of a static field. */ at: number }

export class VmStructs {
  private readonly fields = new Map<string, Field>();
  private readonly sizes = new Map<string, number>();

  constructor(private readonly memory: PageMemory, private readonly symbol: SymbolAddress) {
    this.readFields();
    this.readSizes();
  }

  /** Throws nothing; NaN when HotSpot does not list it: sums with it stay NaN, and reading there gives null. */
  offset(type: string, field: string): number {
    const found = this.fields.get(`${type}::${field}`);
    return found && !found.isStatic ? found.at : Number.NaN;
  }

  address(type: string, field: string): number {
    const found = this.fields.get(`${type}::${field}`);
    return found?.isStatic ? found.at : Number.NaN;
  }

  size(type: string): number {
    return this.sizes.get(type) ?? Number.NaN;
  }

  private readFields(): void {
    const [typeName, fieldName, isStatic, offset, address] = ['TypeName', 'FieldName', 'IsStatic', 'Offset', 'Address'].map((one) => this.value(`gHotSpotVMStructEntry${one}Offset`));
    for (const entry of this.entries('gHotSpotVMStructs', 'gHotSpotVMStructEntryArrayStride', typeName)) {
      const name = this.text(entry + fieldName);
      const fixed = this.memory.u32(entry + isStatic) === 1;
      const at = this.memory.word(entry + (fixed ? address : offset));
      if (name !== null && at !== null) this.fields.set(`${this.text(entry + typeName)}::${name}`, { isStatic: fixed, at });
    }
  }

  private readSizes(): void {
    const [typeName, size] = ['TypeName', 'Size'].map((one) => this.value(`gHotSpotVMTypeEntry${one}Offset`));
    for (const entry of this.entries('gHotSpotVMTypes', 'gHotSpotVMTypeEntryArrayStride', typeName)) {
      const name = this.text(entry + typeName);
      const bytes = this.memory.word(entry + size);
      if (name !== null && bytes !== null) this.sizes.set(name, bytes);
    }
  }

  /** Addresses of a table's entries; the last one has no name. */
  private *entries(table: string, strideName: string, nameOffset: number): Generator<number> {
    const stride = this.value(strideName);
    const start = this.value(table);
    if (!(stride > 0) || !(start > 0)) return;
    for (let index = 0; index < mostEntries; index++) {
      const entry = start + index * stride;
      if (!this.memory.word(entry + nameOffset)) return;
      yield entry;
    }
  }

  private value(name: string): number {
    const address = this.symbol(name);
    return (address === null ? null : this.memory.word(address)) ?? Number.NaN;
  }

  private text(address: number): string | null {
    const at = this.memory.word(address);
    return at ? this.memory.cString(at, longestName) : null;
  }
}

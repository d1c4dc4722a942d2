/**
 * V8's heap objects in a live process. A tagged pointer is an object's address + 1; a small integer (Smi) has its value in the
 * upper half and 0 below; a weak reference is an address + 3.
 *
 * Objects move and die between a sample and the reading of it: nothing is believed before its map was found to be a map and its
 * instance type the expected one. Null for anything that does not hold.
 */
import type { PageMemory } from '../page-memory.js';
import { isUserAddress } from '../page-memory.js';
import type { Layout } from './layout.js';

const halfWord = 2 ** 32;
/** Where a length or a chain comes from hostile memory. */
const longestText = 2 ** 22;
const deepestString = 24;
const mostMaps = 100_000;

const representations = { sequential: 0, cons: 1, external: 2, sliced: 3, thin: 5 };
const representationMask = 7;
const oneByteMask = 8;
const pageBytes = 2 ** 18;
const youngFlags = 0x18;

export class Heap {
  /** Of map addresses: their instance type. Maps hardly ever move; cleared with each batch all the same. */
  private readonly mapTypes = new Map<number, number>();

  constructor(readonly memory: PageMemory, readonly layout: Layout) {}

  forget(): void {
    this.memory.forget();
    this.mapTypes.clear();
  }

  /** Field of an object: a tagged value. */
  field(object: number, offset: number): number | null {
    return this.memory.word(object - 1 + offset);
  }

  /** Instance type; -1 when there is no object. Follows the forwarding address that a moved object leaves behind. */
  typeOf(object: number): number {
    if (!isPointer(object)) return -1;
    const map = this.memory.word(object - 1);
    return map === null ? -1 : this.typeOfMap(map);
  }

  is(object: number | null, type: number): object is number {
    return object !== null && type !== -1 && this.typeOf(object) === type;
  }

  isString(object: number | null): object is number {
    if (object === null) return false;
    const type = this.typeOf(object);
    return type >= 0 && type < this.layout.types.firstNonString;
  }

  /** Where the object is now: the scavenger leaves the new address in place of the map until the old memory is used again. */
  current(object: number): number {
    if (!isPointer(object)) return object;
    const map = this.memory.word(object - 1);
    return map !== null && map % 2 === 0 && isUserAddress(map) && this.typeOf(map + 1) >= 0 ? map + 1 : object;
  }

  /**
   * Whether an object lies on a page of the young generation, whose objects move at each scavenge. Pages are 256 KiB and begin with
   * their flags, before Node 22 after their size; from-space and to-space are bits 3 and 4 in all of them.
   */
  isYoung(object: number): boolean {
    const page = object - (object % pageBytes);
    const first = this.memory.word(page);
    const flags = first !== null && first % 4096 === 0 ? this.memory.u32(page + 8) : this.memory.u32(page);
    return flags === null || (flags & youngFlags) !== 0;
  }

  /** Instance type of the objects that a map describes; -1 when it is no map. */
  typeOfMap(map: number): number {
    if (!isPointer(map)) return -1;
    const known = this.mapTypes.get(map);
    if (known !== undefined) return known;
    const { instanceType } = this.layout.map;
    const mapOfMap = this.memory.word(map - 1);
    const isMap = mapOfMap !== null && isPointer(mapOfMap) && this.memory.u16(mapOfMap - 1 + instanceType) === this.layout.types.map;
    const type = isMap ? this.memory.u16(map - 1 + instanceType) ?? -1 : -1;
    if (this.mapTypes.size >= mostMaps) this.mapTypes.clear();
    this.mapTypes.set(map, type);
    return type;
  }

  /** Characters of a string object, at most `longest`, none of them a control character. */
  text(object: number, longest: number): string | null {
    return this.textOf(object, Math.min(longest, longestText), 0)?.replaceAll(/\p{Cc}/gu, '\ufffd') ?? null;
  }

  /** A string's characters in one piece: how its bytes are laid out in memory. Null for a string of pieces. */
  flat(object: number): { address: number; length: number; bytesPerCharacter: 1 | 2 } | null {
    if (!this.isString(object)) return null;
    const type = this.typeOf(object);
    const { string } = this.layout;
    const length = this.memory.u32(object - 1 + string.length);
    const bytesPerCharacter = type & oneByteMask ? 1 : 2;
    if (length === null) return null;
    const representation = type & representationMask;
    if (representation === representations.sequential) return { address: object - 1 + string.chars, length, bytesPerCharacter };
    if (representation !== representations.external) return null;
    const address = this.field(object, string.externalData);
    return address !== null && isUserAddress(address) ? { address, length, bytesPerCharacter } : null;
  }

  private textOf(object: number, longest: number, depth: number): string | null {
    if (depth > deepestString || !this.isString(object)) return null;
    const { string } = this.layout;
    const length = Math.min(longest, this.memory.u32(object - 1 + string.length) ?? 0);
    switch (this.typeOf(object) & representationMask) {
      case representations.thin: return this.partOf(object, string.thinActual, longest, depth);
      case representations.cons: return this.joined(object, longest, depth);
      case representations.sliced: {
        const offset = smi(this.field(object, string.slicedOffset)) ?? 0;
        return this.partOf(object, string.slicedParent, offset + length, depth)?.slice(offset) ?? null;
      }
      default: return this.characters(object, length);
    }
  }

  private partOf(object: number, offset: number, longest: number, depth: number): string | null {
    const part = this.field(object, offset);
    return part === null ? null : this.textOf(part, Math.min(longest, longestText), depth + 1);
  }

  private joined(object: number, longest: number, depth: number): string | null {
    const first = this.partOf(object, this.layout.string.consFirst, longest, depth);
    if (first === null || first.length >= longest) return first;
    const second = this.partOf(object, this.layout.string.consSecond, longest - first.length, depth);
    return second === null ? null : first + second;
  }

  private characters(object: number, length: number): string | null {
    const flat = this.flat(object);
    const bytes = flat ? this.memory.bytes(flat.address, length * flat.bytesPerCharacter) : null;
    if (!flat || !bytes) return null;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(flat.bytesPerCharacter === 1 ? 'latin1' : 'utf16le');
  }
}

export function isPointer(value: number): boolean {
  return value % 4 === 1 && isUserAddress(value - 1);
}

/** The object of a weak reference; null when it is cleared or none. */
export function weakTarget(value: number | null): number | null {
  return value !== null && value % 4 === 3 && isUserAddress(value - 3) ? value - 2 : null;
}

export function smi(value: number | null): number | null {
  if (value === null || value % halfWord !== 0) return null;
  return (value / halfWord) | 0;
}

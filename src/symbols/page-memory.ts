/**
 * Memory of a traced process by the page, as it was when first read: one system call a page however many fields are followed
 * through it, and every field of an object from one moment. `forget` before the next batch of stacks.
 *
 * What is read is hostile: every method gives null (or NaN-free numbers) for addresses that cannot be read, and never throws.
 */
export type ReadMemory = (address: bigint, lengthBytes: number) => Uint8Array | null;

const pageBytes = 4096;
/** Largest address of user space, exclusive: exact as a number. */
const userEnd = 2 ** 47;
/** Memory bound: 16 MiB of pages, then everything is read anew. */
const mostPages = 4096;

interface Page { bytes: Uint8Array; view: DataView }

export class PageMemory {
  private readonly pages = new Map<number, Page | null>();

  constructor(private readonly read: ReadMemory) {}

  forget(): void {
    this.pages.clear();
  }

  /** 64 bits as a number: exact for addresses and for V8's small integers (the lower half is 0). */
  word(address: number): number | null {
    const page = this.page(address);
    if (!page) return null;
    const at = address % pageBytes;
    if (at + 8 <= pageBytes) return page.view.getUint32(at, true) + page.view.getUint32(at + 4, true) * 2 ** 32;
    const bytes = this.bytes(address, 8);
    if (!bytes) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  }

  u32(address: number): number | null {
    const page = this.page(address);
    const at = address % pageBytes;
    if (page && at + 4 <= pageBytes) return page.view.getUint32(at, true);
    const bytes = page ? this.bytes(address, 4) : null;
    return bytes ? new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) : null;
  }

  i32(address: number): number | null {
    const value = this.u32(address);
    return value === null ? null : value | 0;
  }

  u16(address: number): number | null {
    const low = this.u8(address);
    const high = this.u8(address + 1);
    return low === null || high === null ? null : low + high * 256;
  }

  u8(address: number): number | null {
    const page = this.page(address);
    return page ? page.bytes[address % pageBytes] : null;
  }

  /** A copy; null unless all of it can be read. Long ranges (sources, code) are read past the pages. */
  bytes(address: number, lengthBytes: number): Uint8Array | null {
    if (!isUserAddress(address) || lengthBytes < 0 || !isUserAddress(address + lengthBytes)) return null;
    if (lengthBytes > 4 * pageBytes) return this.read(BigInt(address), lengthBytes);
    const out = new Uint8Array(lengthBytes);
    for (let done = 0; done < lengthBytes;) {
      const page = this.page(address + done);
      if (!page) return null;
      const at = (address + done) % pageBytes;
      const part = Math.min(pageBytes - at, lengthBytes - done);
      out.set(page.bytes.subarray(at, at + part), done);
      done += part;
    }
    return out;
  }

  /** Bytes up to a NUL, at most `longest`; null when they cannot be read. */
  cString(address: number, longest = 256): string | null {
    let text = '';
    for (let i = 0; i < longest; i++) {
      const byte = this.u8(address + i);
      if (byte === null) return null;
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  private page(address: number): Page | null {
    if (!isUserAddress(address)) return null;
    const start = address - (address % pageBytes);
    const known = this.pages.get(start);
    if (known !== undefined) return known;
    if (this.pages.size >= mostPages) this.pages.clear();
    const bytes = this.read(BigInt(start), pageBytes);
    const page = bytes && bytes.length === pageBytes ? { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, pageBytes) } : null;
    this.pages.set(start, page);
    return page;
  }
}

export function isUserAddress(address: number): boolean {
  return Number.isInteger(address) && address >= pageBytes && address < userEnd;
}

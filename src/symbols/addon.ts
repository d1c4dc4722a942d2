/** The surface of the second addon (native/symbols/): ELF, DWARF, unwinding. Loaded only in the symbolizer's own process, and by tests. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface SourcePlace {
  /** Readable; '' when the debug information does not name it. */
  function: string;
  /** '' and 0 when unknown. */
  file: string;
  line: number;
}

export interface NamedAddress {
  /** Readable; '' when the file does not name it. */
  name: string;
  /** Of the function, in the file's addresses; 0 when not even that is known. */
  start: bigint;
  /** Innermost first: what was inlined there; the last is the function itself. Empty without debug information. */
  places: SourcePlace[];
}

/** An ELF file. Addresses are the file's own: those in memory less the bias. */
export interface Binary {
  describe(): { buildId: string; debugLink: string; x86_64: boolean; symbolTable: boolean; debugInfo: boolean };
  /** Takes symbols and debug information from a separate file from now on; false when that is of another build, or none. */
  useDebug(path: string): boolean;
  nameOf(address: bigint, withSource: boolean): NamedAddress;
  /** Functions and data whose names begin with `prefix`; at most 100,000. */
  symbols(prefix: string): { name: string; address: bigint; sizeBytes: number }[];
  /** What is added to the file's addresses where its byte `offset` is mapped at `start`; null when nothing of it is. */
  bias(start: bigint, offset: bigint): bigint | null;
  /** Bytes that are never written to in memory; null when there are none at this address. At most 1 MiB. */
  read(address: bigint, lengthBytes: number): Uint8Array | null;
  close(): void;
}

/** Where things stand in the state of a walk: 0..16 the registers by DWARF number (16: pc), then these. */
export const WalkSlot = { known: 17, returned: 18, stackStart: 19, frames: 20, detail: 21, length: 22 } as const;

/** Why a walk ended; `Ended` of native/symbols/unwind.h. */
export const Ended = { outermost: 0, noCode: 1, claimed: 2, noInformation: 3, noMemory: 4, noRegister: 5, noProgress: 6, frameLimit: 7 } as const;

export const RangeFlag = { executable: 1n, claimed: 2n } as const;

export interface AddressSpace {
  /** Rows of (start, end, offset in the file, flags), in order, and the file of each row. */
  set(rows: BigUint64Array, binaries: (Binary | null)[]): void;
  /**
   * From the registers in `state` outwards by call frame information. Writes state[frames] pcs, and the addresses to look them
   * up by; `state` is then that of the last of them. Returns why it ended there.
   */
  walk(state: BigUint64Array, stack: Uint8Array, pcs: BigUint64Array, lookups: BigUint64Array): number;
}

export interface SymbolsAddon {
  /** Of a path, or of a whole file in memory. Throws with the reason when it is no ELF file. */
  Binary: new (source: string | Uint8Array) => Binary;
  AddressSpace: new () => AddressSpace;
  /** C++ and Rust names readable, without parameters and hashes; any other as it is. */
  demangle(name: string): string;
  /** Ends this process as soon as the thread that started it ends, whatever it is doing then. */
  dieWithParent(): void;
  /** Bytes that a process has at `address` now; null when they cannot all be read. At most 16 MiB. */
  readMemory(pid: number, address: bigint, lengthBytes: number): Uint8Array | null;
}

let loaded: SymbolsAddon | undefined;

/** Throws an Error that says how to build it when it is missing. */
export function symbolsAddon(): SymbolsAddon {
  if (loaded) return loaded;
  const path = fileURLToPath(new URL('../../native/symbols.node', import.meta.url));
  if (!existsSync(path)) throw new Error(`the symbols addon is not built (${path}): run npm run build`);
  loaded = createRequire(import.meta.url)(path) as SymbolsAddon;
  return loaded;
}

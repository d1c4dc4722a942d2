/** The surface of the second addon (native/symbols/): ELF, DWARF, unwinding. Loaded only in the symbolizer's own process, and by tests. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface SymbolsAddon {
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

/** The native addon's surface (native/addon.cc), found beside the compiled sources. */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface BpfObject {
  programs(): string[];
  setMaxEntries(map: string, entries: number): void;
  setAutoload(program: string, on: boolean): void;
  /** A copy of a data section (`.rodata.config`) as it will be loaded. */
  initialValue(section: string): Uint8Array;
  setInitialValue(section: string, value: Uint8Array): void;
  /** Throws NativeError with the verifier's log. */
  load(): void;
  attach(program: string): void;
  /** For programs that hang on a cgroup's folder instead of a tracepoint; once per folder. */
  attachCgroup(program: string, folder: string): void;
  /** Runs the program on that CPU each `periodNs`; once per CPU. Throws with errno ENODEV where the CPU is off. */
  attachClock(program: string, cpu: number, periodNs: number): void;
  /** All that an iterator program, attached before, writes now. */
  iterate(program: string): Uint8Array;
  detach(program: string): void;
  /** Only counts while the sysctl kernel.bpf_stats_enabled is on. */
  runTime(program: string): { runs: number; ns: number };
  mmap(map: string, writable: boolean): ArrayBuffer;
  /** Value bytes; of a per-CPU map the values of all possible CPUs; null when there is none. */
  lookup(map: string, key: Uint8Array): Uint8Array | null;
  update(map: string, key: Uint8Array, value: Uint8Array): void;
  close(): void;
}

export interface NativeError extends Error {
  errno?: number;
  /** libbpf's and the verifier's messages, newest at the end. */
  log?: string;
}

export interface Addon {
  BpfObject: new (path: string) => BpfObject;
  /** Whether the kernel's BTF has a type of each name. Throws when there is no BTF. */
  kernelHas(names: readonly string[]): boolean[];
  possibleCpus(): number;
  /** Of the calling thread. */
  threadId(): number;
}

/** Path below the build folder (dist/), whatever the current directory. */
export function built(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

let loaded: Addon | undefined;

/** Throws an Error that says how to build it when it is missing. */
export function addon(): Addon {
  if (loaded) return loaded;
  const path = built('native/kindling.node');
  if (!existsSync(path)) throw new Error(`the native addon is not built (${path}): run npm run build`);
  loaded = createRequire(import.meta.url)(path) as Addon;
  return loaded;
}

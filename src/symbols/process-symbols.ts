/** One process: what is mapped where, and from that the unwinder's table, runtimes and names. Remembered when the process has ended. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Frame } from '../profile/stacks.js';
import { RangeFlag, symbolsAddon, type AddressSpace } from './addon.js';
import { openablePath, type Binaries, type KnownBinary } from './binaries.js';
import { findMapping, hasFile, parseMaps } from './memory-map.js';
import { PerfMap } from './perf-map.js';
import type { Mapping, ProcessView, RuntimeProcess, RuntimeSupport } from './runtime.js';

/** A runtime that does not answer in this time is done without. */
const ATTACH_MS = 5_000;
const REFRESH_MS = 2_000;
const READ_LIMIT_BYTES = 16 * 1024 * 1024;

export class ProcessSymbols implements ProcessView {
  mappings: readonly Mapping[] = [];
  /** The process was gone when it was last looked at. */
  ended = false;
  /** The kernel does not let us look at it. */
  refused = false;
  readonly space: AddressSpace = new (symbolsAddon().AddressSpace)();
  readonly perfMap: PerfMap;
  #runtimes: RuntimeProcess[] = [];
  #mapsText = '';
  #program = '';
  #codeFiles = 0;
  /** Start of the process, and where its program's code and stack begin: another one's are elsewhere. */
  #identity = '';
  /** What runtimes claimed when the space was last filled; null: not since the maps changed. Their text is long, and there are hundreds of processes. */
  #filledClaims: string | null = null;
  readonly #binaries = new Map<Mapping, KnownBinary | null>();

  constructor(readonly pid: number, private readonly all: Binaries, private readonly supports: readonly RuntimeSupport[], private readonly procPath = '/proc') {
    this.perfMap = new PerfMap(pid, procPath);
  }

  /** It has ended, and nothing is known of what it had mapped. */
  get unseen(): boolean {
    return this.ended && this.mappings.length === 0;
  }

  /** Before a batch of its stacks: maps, runtimes and JIT names as they are now. Never throws; of a process that has ended what was known stays. */
  async refresh(): Promise<void> {
    if (!this.#readMaps()) return;
    await this.#attachRuntimes();
    this.perfMap.refresh();
    for (const runtime of this.#runtimes) await within(REFRESH_MS, runtime.refresh());
    this.#fillSpace();
  }

  /** Only the maps, and the files behind them: so that names can be found later. */
  notice(): void {
    if (this.#readMaps()) this.#fillSpace();
  }

  /** It was looked at, and is another program (or another process of that number) now. */
  get isAnother(): boolean {
    const now = identityOf(this.procPath, this.pid);
    return this.#identity !== '' && now !== '' && now !== this.#identity;
  }

  /** From now on only what was mapped then counts: its memory is gone. */
  leave(): void {
    this.ended = true;
    this.#runtimes = [];
  }

  /** Looks for runtimes in a program that was not looked at yet. */
  async #attachRuntimes(): Promise<void> {
    const program = this.mappings.find(hasFile);
    const identity = `${this.#identity} ${program?.device} ${program?.inode}`;
    // A program that starts its runtime as a library (java) may have been seen before it did: looked at again when more code is mapped.
    const codeFiles = this.mappings.filter((one) => one.executable && hasFile(one)).length;
    if (identity === this.#program && (this.#runtimes.length > 0 || codeFiles === this.#codeFiles)) return;
    this.#codeFiles = codeFiles;
    this.#runtimes = [];
    this.#program = identity;
    for (const support of this.supports) {
      const runtime = await within(ATTACH_MS, support.attach(this));
      if (runtime !== null) this.#runtimes.push(runtime);
    }
  }

  /** False when there is nothing to read. */
  #readMaps(): boolean {
    try {
      const text = readFileSync(join(this.procPath, String(this.pid), 'maps'), 'latin1');
      // A zombie has an empty one.
      this.ended = text === '';
      if (this.ended) return false;
      this.#identity = identityOf(this.procPath, this.pid);
      if (text !== this.#mapsText) {
        this.mappings = parseMaps(Buffer.from(text, 'latin1').toString('utf8'));
        this.#binaries.clear();
        this.#filledClaims = null;
      }
      this.#mapsText = text;
      return true;
    } catch (error) {
      this.refused = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
      this.ended = true;
      return false;
    }
  }

  #fillSpace(): void {
    const claimed = this.#runtimes.flatMap((runtime) => runtime.claimed);
    const claims = claimed.map(({ start, end }) => `${start}-${end}`).join('\n');
    if (claims === this.#filledClaims) return;
    this.#filledClaims = claims;
    const rows = spaceRows(this.mappings, claimed);
    this.space.set(BigUint64Array.from(rows.flatMap(({ start, end, offset, flags }) => [start, end, offset, flags])), rows.map(({ mapping }) => this.binaryOf(mapping)?.binary ?? null));
  }

  /** Of code and of what is read-only beside it in the same file. */
  binaryOf(mapping: Mapping): KnownBinary | null {
    let known = this.#binaries.get(mapping);
    if (known === undefined) {
      known = this.all.of(this.pid, mapping);
      this.#binaries.set(mapping, known);
    }
    return known;
  }

  mappingOf(address: number): Mapping | null {
    return findMapping(this.mappings, address);
  }

  runtimeOf(pc: bigint): RuntimeProcess | null {
    return this.#runtimes.find((runtime) => runtime.owns(pc)) ?? null;
  }

  /** For memory without a file: what the process's perf map says. */
  jitFrame(address: number): Frame {
    const name = this.perfMap.nameOf(address);
    return { name: name ?? '[generated code]', kind: 'unknown', module: '[jit]', file: '', line: 0, inlined: false };
  }

  openable(mapping: Mapping): string | null {
    return openablePath(this.procPath, this.pid, mapping);
  }

  inside(path: string): string {
    return join(this.procPath, String(this.pid), 'root', path);
  }

  readMemory(address: bigint, lengthBytes: number): Uint8Array | null {
    if (this.ended || lengthBytes <= 0 || lengthBytes > READ_LIMIT_BYTES || address < 0n) return null;
    return symbolsAddon().readMemory(this.pid, BigInt.asUintN(64, address), lengthBytes);
  }

  symbols(mapping: Mapping, prefix: string): { name: string; address: bigint; sizeBytes: number }[] {
    const binary = this.binaryOf(mapping)?.binary;
    const bias = binary?.bias(BigInt(mapping.start), BigInt(mapping.offset));
    if (!binary || bias === null || bias === undefined) return [];
    return binary.symbols(prefix).map((one) => ({ ...one, address: BigInt.asUintN(64, one.address + bias) }));
  }

  /** After a batch of its stacks. */
  forget(): void {
    for (const runtime of this.#runtimes) runtime.forget();
  }
}

/** Null when it fails or takes longer. */
function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout;
  const late = new Promise<null>((resolve) => { timer = setTimeout(resolve, ms, null); });
  return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer));
}

interface SpaceRow { start: bigint; end: bigint; offset: bigint; flags: bigint; mapping: Mapping }

/** What the unwinder needs: code, and read-only data of files with code. Cut where a runtime claims a part of a file. */
function spaceRows(mappings: readonly Mapping[], claimed: readonly { start: bigint; end: bigint }[]): SpaceRow[] {
  const withCode = new Set(mappings.filter((one) => one.executable && hasFile(one)).map(fileOf));
  const rows: SpaceRow[] = [];
  for (const mapping of mappings) {
    const wanted = mapping.executable || (!mapping.writable && mapping.readable && hasFile(mapping) && withCode.has(fileOf(mapping)));
    // The kernel's own page at the top ([vsyscall]) lies beyond what a number holds.
    if (!wanted || !Number.isSafeInteger(mapping.end)) continue;
    const row = { start: BigInt(mapping.start), end: BigInt(mapping.end), offset: BigInt(mapping.offset), flags: mapping.executable ? RangeFlag.executable : 0n, mapping };
    rows.push(...cut(row, mapping.executable ? claimed : []));
  }
  return rows;
}

function cut(row: SpaceRow, claimed: readonly { start: bigint; end: bigint }[]): SpaceRow[] {
  const rows: SpaceRow[] = [];
  let from = row.start;
  const piece = (end: bigint, flags: bigint): void => {
    if (end > from) rows.push({ ...row, start: from, end, offset: row.offset + (from - row.start), flags });
    if (end > from) from = end;
  };
  for (const { start, end } of [...claimed].sort((a, b) => Number(a.start - b.start))) {
    if (end <= from || start >= row.end) continue;
    piece(start, row.flags);
    piece(end < row.end ? end : row.end, row.flags | RangeFlag.claimed);
  }
  piece(row.end, row.flags);
  return rows;
}

const fileOf = (mapping: Mapping): string => `${mapping.device} ${mapping.inode}`;

/** Of stat, counted behind the name in parentheses: start of the process, of its code, of its stack (0 where we have no right to know). '' when it has ended. */
const IDENTITY_FIELDS = [19, 23, 25];

function identityOf(procPath: string, pid: number): string {
  try {
    const stat = readFileSync(join(procPath, String(pid), 'stat'), 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return IDENTITY_FIELDS.map((field) => fields[field]).join(' ');
  } catch {
    return '';
  }
}

/** What a frame's binary is called. */
export function moduleName(mapping: Mapping | null): string {
  return mapping === null ? '' : basename(mapping.path);
}

/**
 * The files behind mappings, opened once and shared by all processes that map them. A file is opened by its inode where the
 * kernel offers that (/proc/PID/map_files: also in another mount namespace, also when it was deleted or replaced), else by path if that is still
 * the same file, else looked for by build id.
 */
import { existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Frame } from '../profile/stacks.js';
import { symbolsAddon, type Binary } from './addon.js';
import { hasFile } from './memory-map.js';
import type { Mapping } from './runtime.js';

export interface KnownBinary {
  /** Stable for the file's content: device, inode, size, time of change; or the build id. */
  key: string;
  name: string;
  /** Null when nothing of the file could be read. */
  binary: Binary | null;
  /** Why not, or what is missing; '' when all is well. */
  problem: string;
  /** Frames by address in the file. */
  frames: Map<number, Frame[]>;
  /** Debug information is used; not of files that have crashed or held up a symbolizer. */
  withSource: boolean;
}

const FILES_KEPT = 512;
const HEADER_BYTES = 4_096;
const DEBUG_FOLDER = '/usr/lib/debug';

/** Files that must not be opened (`whole`), or of whose debug information nothing may be read (`source`). */
export type Distrust = ReadonlyMap<string, 'source' | 'whole'>;

export class Binaries {
  readonly #known = new Map<string, KnownBinary>();
  /** By device, inode and path: what another process mapped is there too when this one is just ending. */
  readonly #byInode = new Map<string, KnownBinary>();

  /**
   * @param about told a file's key before anything of it is read: whoever watches over this process knows then what it died of
   */
  constructor(private readonly distrust: Distrust, private readonly about: (key: string) => void, private readonly procPath = '/proc') {}

  /** Of a mapping with code in it; null when there is no file behind it. */
  of(pid: number, mapping: Mapping): KnownBinary | null {
    if (mapping.path === '[vdso]') return this.#remember('[vdso]', '[vdso]', () => readMapping(pid, mapping));
    if (!hasFile(mapping)) return null;
    const name = calledName(this.procPath, pid, mapping);
    const path = openablePath(this.procPath, pid, mapping);
    const identity = `${mapping.device} ${mapping.inode} ${mapping.path}`;
    if (path !== null) {
      const file = statSafely(path);
      if (file?.isFile()) {
        const known = this.#remember(`${file.dev}:${file.ino}:${file.size}:${file.mtimeMs}`, name, () => path, pid, mapping.path);
        if (known.binary !== null && !mapping.deleted) keep(this.#byInode, identity, known);
        return known.binary === null ? this.#byInode.get(identity) ?? known : known;
      }
    }
    return this.#byInode.get(identity) ?? this.#byBuildId(pid, mapping, name);
  }

  #byBuildId(pid: number, mapping: Mapping, name: string): KnownBinary {
    const buildId = buildIdInMemory(pid, mapping);
    const found = buildId === '' ? undefined : buildIdPaths(buildId).find((path) => existsSync(path));
    const why = mapping.deleted ? 'was deleted or replaced' : 'cannot be opened';
    if (found === undefined) return { key: `?${name}`, name, binary: null, problem: `${name} ${why}, and no file with its build id was found`, frames: new Map(), withSource: false };
    return this.#remember(`build-id:${buildId}`, name, () => found);
  }

  #remember(key: string, name: string, source: () => string | Uint8Array | null, pid?: number, path?: string): KnownBinary {
    const entry = this.#known.get(key) ?? this.#open(key, name, source, pid, path);
    // What could not be opened by way of a process that was ending may be opened by way of the next.
    if (entry.binary !== null) keep(this.#known, key, entry);
    return entry;
  }

  #open(key: string, name: string, source: () => string | Uint8Array | null, pid?: number, path?: string): KnownBinary {
    const entry: KnownBinary = { key, name, binary: null, problem: '', frames: new Map(), withSource: this.distrust.get(key) === undefined };
    if (this.distrust.get(key) === 'whole') return { ...entry, problem: `${name} is left out: reading it failed badly before` };
    this.about(key);
    try {
      const from = source();
      if (from === null) return { ...entry, problem: `${name} cannot be read` };
      entry.binary = new (symbolsAddon().Binary)(from);
      if (entry.withSource) useSeparateDebug(entry.binary, path === undefined ? '' : path, pid === undefined ? '' : join(this.procPath, String(pid), 'root'));
    } catch (error) {
      entry.problem = `${name} cannot be read (${(error as Error).message})`;
    }
    return entry;
  }
}

/** The one used last is kept longest. Those that a process still uses are only forgotten here. */
function keep(files: Map<string, KnownBinary>, key: string, file: KnownBinary): void {
  files.delete(key);
  files.set(key, file);
  if (files.size > FILES_KEPT) for (const oldest of files.keys()) { files.delete(oldest); break; }
}

/** One file can have several names (`redis-server` is a link to `redis-check-rdb`): the one that the process was started by, if it is one of them. */
function calledName(procPath: string, pid: number, mapping: Mapping): string {
  const name = basename(mapping.path);
  try {
    const command = readFileSync(join(procPath, String(pid), 'cmdline'), 'utf8').split(/[\0 ]/, 1)[0];
    const called = basename(command.replace(/:$/, ''));
    const other = join(procPath, String(pid), 'root', dirname(mapping.path), called);
    return called !== '' && statSafely(other)?.ino === mapping.inode ? called : name;
  } catch {
    return name;
  }
}

/** A path of ours that opens the very file of a mapping; null when there is none. */
export function openablePath(procPath: string, pid: number, mapping: Mapping): string | null {
  if (!hasFile(mapping)) return null;
  const byInode = join(procPath, String(pid), 'map_files', `${mapping.start.toString(16)}-${mapping.end.toString(16)}`);
  if (statSafely(byInode) !== null) return byInode;
  // The program itself, with fewer rights.
  const executed = join(procPath, String(pid), 'exe');
  if (statSafely(executed)?.ino === mapping.inode) return executed;
  if (mapping.deleted) return null;
  const byPath = join(procPath, String(pid), 'root', mapping.path);
  return statSafely(byPath)?.ino === mapping.inode ? byPath : null;
}

/** Null also for what may not be looked at: map_files needs CAP_CHECKPOINT_RESTORE, and its folder is its owner's. */
function statSafely(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function readMapping(pid: number, mapping: Mapping): Uint8Array | null {
  return symbolsAddon().readMemory(pid, BigInt(mapping.start), mapping.end - mapping.start);
}

/** Notes stand near the beginning of nearly every file, which is mapped; '' when it cannot be read there. */
function buildIdInMemory(pid: number, mapping: Mapping): string {
  try {
    const bytes = symbolsAddon().readMemory(pid, BigInt(mapping.start - mapping.offset), HEADER_BYTES);
    return bytes === null ? '' : new (symbolsAddon().Binary)(bytes).describe().buildId;
  } catch {
    return '';
  }
}

function buildIdPaths(buildId: string): string[] {
  const path = join(DEBUG_FOLDER, '.build-id', buildId.slice(0, 2), buildId.slice(2));
  return [path, `${path}.debug`];
}

/** Symbols and debug information of distributions stand in files of their own; taken only if the build id is the same. */
function useSeparateDebug(binary: Binary, path: string, root: string): void {
  const { buildId, debugLink, debugInfo, symbolTable } = binary.describe();
  if (buildId === '' || (debugInfo && symbolTable)) return;
  const candidates = [buildIdPaths(buildId)[1]];
  if (debugLink !== '' && !debugLink.includes('/') && path !== '') {
    const folder = dirname(path);
    candidates.push(join(folder, '.debug', debugLink), join(DEBUG_FOLDER, folder, debugLink), join(folder, debugLink));
  }
  // The process's own files first: a container may bring them.
  for (const candidate of candidates.flatMap((one) => (root === '' ? [one] : [join(root, one), one]))) {
    if (existsSync(candidate) && binary.useDebug(candidate)) return;
  }
}

/**
 * /tmp/perf-PID.map: names of code that a JIT compiler made, a line each: `START SIZE NAME`, hexadecimal. The process writes it
 * while we read: a last line without an end is left for the next time. The file is the process's: it is taken only if
 * it is a plain file of the same user, and only so much of it.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BYTES_READ = 64 * 1024 * 1024;
/** Of one process, some 150 bytes each: the heap of the process that names has room for the maps of several. */
const ENTRIES_KEPT = 400_000;
const NAME_LENGTH = 1_024;
const CHUNK_BYTES = 1024 * 1024;
const LINE = /^(?:0x)?([0-9a-f]{1,16}) (?:0x)?([0-9a-f]{1,16}) (.+)$/i;

interface Entry { start: number; end: number; name: string }

export class PerfMap {
  #entries: Entry[] = [];
  #sorted = true;
  #readBytes = 0;
  #rest = '';
  #inode = 0;

  /** @param rootPath of the process's mount namespace: /proc/PID/root */
  constructor(private readonly pid: number, private readonly procPath = '/proc') {}

  get size(): number {
    return this.#entries.length;
  }

  /** Reads what has been written since the last time. Never throws. */
  refresh(): void {
    let fd = -1;
    try {
      const process = join(this.procPath, String(this.pid));
      // Not through a link, and without waiting for a writer: the process chooses what stands at that path.
      fd = openSync(join(process, 'root/tmp', `perf-${innerPid(process) ?? this.pid}.map`), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const file = fstatSync(fd);
      if (file.isFile() && file.uid === statSync(process).uid) this.#read(fd, file.ino, file.size);
    } catch {
      // No map, or no process any more: what was read before stays.
    } finally {
      if (fd >= 0) closeSync(fd);
    }
  }

  #read(fd: number, inode: number, sizeBytes: number): void {
    if (inode !== this.#inode || sizeBytes < this.#readBytes) {
      this.#entries = [];
      this.#readBytes = 0;
      this.#rest = '';
      this.#inode = inode;
    }
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    while (this.#readBytes < BYTES_READ) {
      const count = readSync(fd, chunk, 0, chunk.length, this.#readBytes);
      if (count === 0) return;
      this.#readBytes += count;
      this.add(chunk.toString('latin1', 0, count));
    }
  }

  /** A piece of the file's text, wherever it was cut; bytes as characters (latin1). */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!.slice(0, 2 * NAME_LENGTH);
    for (const line of lines) {
      const found = LINE.exec(line);
      if (found === null || this.#entries.length >= ENTRIES_KEPT) continue;
      const start = Number.parseInt(found[1], 16);
      const end = start + Number.parseInt(found[2], 16);
      if (end <= start || !Number.isSafeInteger(end)) continue;
      this.#entries.push({ start, end, name: Buffer.from(found[3].slice(0, NAME_LENGTH), 'latin1').toString('utf8').replaceAll(/\p{Cc}/gu, '\ufffd') });
      this.#sorted = false;
    }
  }

  /** Code is freed and its memory used again: the line written last counts. */
  #sort(): void {
    this.#sorted = true;
    const kept = new Map<number, Entry>();
    for (const entry of this.#entries) kept.set(entry.start, entry);
    this.#entries = [...kept.values()].sort((a, b) => a.start - b.start);
  }

  nameOf(address: number): string | null {
    if (!this.#sorted) this.#sort();
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    const candidate = this.#entries[low - 1];
    return candidate !== undefined && address < candidate.end ? candidate.name : null;
  }
}

/** What the process calls itself: its pid in its own namespace. */
function innerPid(process: string): number | null {
  const line = /^NSpid:\s+(.*)$/m.exec(readFileSync(join(process, 'status'), 'latin1'));
  const pid = Number(line?.[1].split(/\s+/).at(-1));
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

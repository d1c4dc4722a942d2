/**
 * The write-ahead log: one file a batch, in the form the engine reads, kept until the engine has acknowledged it. The name
 * carries what is needed to send it again: `SEQUENCE.RUN.TABLE.ROWS.CRC32.rb`. `RUN` is random per start of the agent;
 * with `SEQUENCE` it makes the batch id, so that a batch sent twice counts once.
 *
 * Files are written under another name and renamed: what has the right name is whole as far as this machine keeps running
 * (kill -9 of any process included). With `fsync: 'always'` it also survives a power cut; the default is `never`, because
 * a flush costs milliseconds of disk time twice a second and what it saves is the last second of telemetry. A file that a
 * power cut left torn fails its checksum, is dropped and counted.
 *
 * Counts go before rows and are the last to be dropped: they are few bytes, everything that is said of the rows rests on
 * them, and when more rows arrive than the engine takes, rows would keep them waiting for minutes.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, statSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface Batch {
  id: string;
  table: string;
  rows: number;
  bytes: number;
  path: string;
  /** Unix ms; 0: by an earlier run. */
  cutMs: number;
}

export interface SpoolOptions {
  directory: string;
  /** Bytes of batches that may wait; beyond it the oldest are dropped and counted. */
  maxBytes: number;
  fsync: 'never' | 'always';
}

export interface SpoolLosses {
  batches: number;
  rows: number;
  bytes: number;
  /** Why last: 'spool full', 'disk full', 'damaged', 'refused by the engine'; '' when nothing was lost. */
  reason: string;
}

/** Left to the store, which needs a little to drop old partitions; it stops inserting at twice as much. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

const FILE = /^(\d{10})\.([0-9a-f]{16})\.([a-z0-9_]+)\.(\d+)\.([0-9a-f]{8})\.rb$/;

/** Table of the batches that go first. */
const COUNTS = 'rollup_10s';

export const DISK_FULL = 'disk full';

/** As one reads it: a full disk, or what else stands against writing. */
function writeTrouble(error: NodeJS.ErrnoException): string {
  if (error.code === undefined || error.code === 'ENOSPC' || error.code === 'EDQUOT') return DISK_FULL;
  return `the spool folder cannot be written: ${error.code}`;
}

export class Spool {
  private readonly waiting: Batch[] = [];
  private nextSequence = 1;
  private readonly run = randomBytes(8).toString('hex');
  readonly losses: SpoolLosses = { batches: 0, rows: 0, bytes: 0, reason: '' };
  bytes = 0;

  constructor(private readonly options: SpoolOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.recover();
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Counts before rows, else oldest first; stays in the spool, at the head, until `acknowledge`. `undefined` when nothing waits. */
  head(): Batch | undefined {
    return this.waiting[0];
  }

  /** Never throws: a batch that cannot be kept is counted as lost. */
  append(table: string, rows: number, rowBinary: Uint8Array): Batch | null {
    while (this.bytes + rowBinary.length > this.options.maxBytes && this.waiting.length > 1) this.dropOldest('spool full');
    const sequence = this.nextSequence++;
    const crc = crc32(rowBinary).toString(16).padStart(8, '0');
    const path = join(this.options.directory, `${String(sequence).padStart(10, '0')}.${this.run}.${table}.${rows}.${crc}.rb`);
    for (;;) {
      try {
        this.write(path, rowBinary);
        break;
      } catch (error) {
        // Oldest data go, so that the newest can stay. The batch at the head may be on its way to the engine: it is spared.
        const reason = writeTrouble(error as NodeJS.ErrnoException);
        if (this.waiting.length < 2 || reason !== DISK_FULL) {
          this.count(reason, { rows, bytes: rowBinary.length });
          return null;
        }
        this.dropOldest(reason);
      }
    }
    const batch = { id: `${this.run}-${sequence}`, table, rows, bytes: rowBinary.length, path, cutMs: Date.now() };
    this.waiting.splice(this.placeOf(batch), 0, batch);
    this.bytes += batch.bytes;
    return batch;
  }

  waits(table: string): boolean {
    return this.waiting.some((batch) => batch.table === table);
  }

  acknowledge(batch: Batch): void {
    this.remove(batch);
  }

  /** Behind all others. */
  defer(batch: Batch): void {
    const index = this.waiting.indexOf(batch);
    if (index >= 0) this.waiting.push(...this.waiting.splice(index, 1));
  }

  /** The engine will never take it. */
  reject(batch: Batch): void {
    this.count('refused by the engine', batch);
    this.remove(batch);
  }

  private write(path: string, bytes: Uint8Array): void {
    const fs = statfsSync(this.options.directory);
    if (fs.bavail * fs.bsize < MIN_FREE_BYTES) throw new Error(DISK_FULL);
    const temporary = `${path}.tmp`;
    const fd = openSync(temporary, 'w', 0o600);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(fd, bytes, written);
      if (this.options.fsync === 'always') fsyncSync(fd);
    } catch (error) {
      closeSync(fd);
      unlinkSync(temporary);
      throw error;
    }
    closeSync(fd);
    renameSync(temporary, path);
  }

  /** Counts stand behind the head, which may be on its way to the engine, and behind earlier counts. */
  private placeOf({ table }: Batch): number {
    if (table !== COUNTS) return this.waiting.length;
    const firstRows = this.waiting.findIndex((other, i) => i > 0 && other.table !== COUNTS);
    return firstRows < 0 ? this.waiting.length : firstRows;
  }

  private dropOldest(reason: string): void {
    const oldest = this.waiting.find(({ table }, i) => i > 0 && table !== COUNTS) ?? this.waiting[1] ?? this.waiting[0];
    this.count(reason, oldest);
    this.remove(oldest);
  }

  private count(reason: string, lost: { rows: number; bytes: number }): void {
    this.losses.batches++;
    this.losses.rows += lost.rows;
    this.losses.bytes += lost.bytes;
    this.losses.reason = reason;
  }

  private remove(batch: Batch): void {
    const index = this.waiting.indexOf(batch);
    if (index < 0) return;
    this.waiting.splice(index, 1);
    this.bytes -= batch.bytes;
    if (existsSync(batch.path)) unlinkSync(batch.path);
  }

  /** Batches of an earlier run. */
  private recover(): void {
    for (const file of readdirSync(this.options.directory).sort()) {
      const path = join(this.options.directory, file);
      if (file.endsWith('.tmp')) unlinkSync(path);
      const match = FILE.exec(file);
      if (match === null) continue;
      const sequence = Number(match[1]);
      const batch = { id: `${match[2]}-${sequence}`, table: match[3], rows: Number(match[4]), bytes: statSync(path).size, path, cutMs: 0 };
      this.nextSequence = Math.max(this.nextSequence, sequence + 1);
      if (crc32(readFileSync(path)).toString(16).padStart(8, '0') === match[5]) {
        this.waiting.push(batch);
        this.bytes += batch.bytes;
      } else {
        this.count('damaged', batch);
        unlinkSync(path);
      }
    }
    this.waiting.sort((a, b) => Number(b.table === COUNTS) - Number(a.table === COUNTS));
  }
}

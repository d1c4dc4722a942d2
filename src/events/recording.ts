/**
 * Recordings: the kernel's records as they were, in the order of their times, behind a header that says which layout they
 * have. `KNDL`, version, header length, JSON header, then records; each is framed by its own size.
 */
import { closeSync, createReadStream, fsyncSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { KindlingError } from '../errors/index.js';
import { Header, LAYOUT_HASH, Limits } from './layout.generated.js';

const MAGIC = 0x4c444e4b; // "KNDL"
const VERSION = 1;
const FLUSH_BYTES = 1 << 20;
/** A record is one call's payload and its header, at most. */
const MAX_RECORD = Limits.MAX_CAPTURE + 4096;

export interface RecordingHeader {
  layout: string;
  /** Unix ns minus monotonic ns when it was started, as a decimal string. */
  clockOffsetNs: string;
  kernel: string;
  createdMs: number;
}

export class RecordingWriter {
  #fd: number;
  #buffer = new Uint8Array(FLUSH_BYTES + MAX_RECORD);
  #used = 0;
  bytes = 0;

  constructor(path: string, header: Omit<RecordingHeader, 'layout'>) {
    this.#fd = createPrivateFile(path);
    const json = Buffer.from(JSON.stringify({ layout: LAYOUT_HASH, ...header } satisfies RecordingHeader));
    const head = Buffer.alloc(12);
    head.writeUInt32LE(MAGIC, 0);
    head.writeUInt32LE(VERSION, 4);
    head.writeUInt32LE(json.length, 8);
    this.#write(Buffer.concat([head, json]));
  }

  add(bytes: Uint8Array, offset: number, size: number): void {
    this.#buffer.set(bytes.subarray(offset, offset + size), this.#used);
    this.#used += size;
    if (this.#used >= FLUSH_BYTES) this.flush();
  }

  flush(): void {
    if (this.#used > 0) this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  close(): void {
    this.flush();
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.bytes += bytes.length;
  }
}

/**
 * A file of our own under this name, that nobody else has open or may read. As root in a folder of all (/tmp), what is there
 * already may be a link to something precious, or somebody else's file.
 */
function createPrivateFile(path: string): number {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) throw new Error(`it is there already and is ${found.isSymbolicLink() ? 'a link' : 'no regular file'}`);
    if (found !== undefined) unlinkSync(path);
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new KindlingError('OUTPUT_UNWRITABLE', { path, reason: (error as Error).message }, { cause: error });
  }
}

export type Broken = { reason: 'not_a_recording' | 'version' | 'layout' | 'cut_off' | 'corrupt'; offset: number; detail: string };

export interface ReadProgress {
  header: RecordingHeader | null;
  records: number;
  bytes: number;
  /** Where and why it could not be read further; null at a clean end. */
  broken: Broken | null;
}

/**
 * Hands each record to `handle` (false: it does not understand it); what was read before a break stays valid.
 * @param onHeader called once before the first record
 * @param progress called now and then with the bytes read
 */
export async function readRecording(
  path: string, onHeader: (header: RecordingHeader) => void,
  handle: (bytes: Uint8Array, view: DataView, offset: number) => boolean, progress: (bytes: number) => void = () => {},
): Promise<ReadProgress> {
  const result: ReadProgress = { header: null, records: 0, bytes: 0, broken: null };
  let rest: Uint8Array = new Uint8Array(0);
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? new Uint8Array(part) : new Uint8Array(Buffer.concat([rest, part]));
    let from = 0;
    if (result.header === null) {
      const read = readHeader(bytes);
      if (read === 'more') { rest = bytes; continue; }
      if ('reason' in read) { result.broken = read; return result; }
      result.header = read.header;
      from = read.length;
      result.bytes = from;
      onHeader(read.header);
    }
    const end = readRecords(bytes, from, result, handle);
    if (result.broken) return result;
    rest = bytes.slice(end);
    progress(result.bytes);
  }
  if (result.header === null) result.broken = { reason: 'not_a_recording', offset: 0, detail: 'it is too short for a header' };
  else if (rest.length > 0) result.broken = { reason: 'cut_off', offset: result.bytes, detail: `${rest.length} bytes of an unfinished record` };
  return result;
}

function readRecords(bytes: Uint8Array, from: number, result: ReadProgress, handle: (bytes: Uint8Array, view: DataView, offset: number) => boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  while (at + Header.byteLength <= bytes.length) {
    const size = view.getUint32(at + Header.size, true);
    if (size < Header.byteLength || size > MAX_RECORD || size % Limits.UNIT !== 0) {
      result.broken = { reason: 'corrupt', offset: result.bytes, detail: `a record of ${size} bytes` };
      return at;
    }
    if (at + size > bytes.length) return at;
    if (!handle(bytes, view, at)) {
      result.broken = { reason: 'corrupt', offset: result.bytes, detail: `a record of type ${view.getUint16(at + Header.type, true)} that makes no sense` };
      return at;
    }
    at += size;
    result.bytes += size;
    result.records++;
  }
  return at;
}

function readHeader(bytes: Uint8Array): 'more' | Broken | { header: RecordingHeader; length: number } {
  if (bytes.length < 12) return 'more';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return { reason: 'not_a_recording', offset: 0, detail: 'it does not start with KNDL' };
  const version = view.getUint32(4, true);
  if (version !== VERSION) return { reason: 'version', offset: 4, detail: `version ${version}, this program reads ${VERSION}` };
  const length = 12 + view.getUint32(8, true);
  if (length > 64 * 1024) return { reason: 'corrupt', offset: 8, detail: `a header of ${length} bytes` };
  if (bytes.length < length) return 'more';
  try {
    const header = JSON.parse(Buffer.from(bytes.subarray(12, length)).toString('utf8')) as RecordingHeader | null;
    if (typeof header?.layout !== 'string' || !/^-?\d{1,20}$/.test(header.clockOffsetNs)) {
      return { reason: 'corrupt', offset: 12, detail: 'a header without event layout and clock offset' };
    }
    if (header.layout !== LAYOUT_HASH) return { reason: 'layout', offset: 12, detail: `event layout ${header.layout}, this program has ${LAYOUT_HASH}` };
    return { header, length };
  } catch (error) {
    return { reason: 'corrupt', offset: 12, detail: (error as Error).message };
  }
}

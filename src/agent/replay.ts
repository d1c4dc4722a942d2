/** A recording or a line file through the ordinary pipeline, without a kernel. Nothing here knows the wall clock: the same file gives the same output. */
import { createReadStream, openSync, readSync, closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { KindlingError } from '../errors/index.js';
import { decodeRecord } from '../events/decode.js';
import { LineWriter } from '../events/line-writer.js';
import { LineReader } from '../events/lines.js';
import { readRecording, type Broken } from '../events/recording.js';
import { WallClock } from '../requests/clock.js';
import type { RequestOptions } from '../requests/builder.js';
import type { RequestRecord } from '../requests/record.js';
import { RecordedNames } from './naming.js';
import { createPipeline } from './pipeline.js';
import { ObservedTime } from './observed-time.js';

export interface ReplayOptions {
  path: string;
  requests: RequestOptions;
  noResponseTimeoutMs: number;
  /** Each request with its payloads, in the order they ended. */
  onRecord(record: RequestRecord): void;
  /** A line that could not be used: its number, why, and what to write instead. */
  onProblem(problem: string): void;
  /** Bytes read so far, now and then. */
  onProgress(bytes: number): void;
}

export interface ReplayResult {
  /** Records of a recording, or lines. */
  inputs: number;
  requests: number;
  incomplete: number;
  /** Where and why the file could not be read to its end, or which share of its lines. */
  failure: KindlingError | null;
}

const MAGIC = 'KNDL';

export async function replayFile(options: ReplayOptions): Promise<ReplayResult> {
  const kind = kindOf(options.path);
  const clock = new WallClock(0n);
  const names = new RecordedNames();
  const pipeline = createPipeline({
    requests: options.requests, noResponseTimeoutMs: options.noResponseTimeoutMs, clock, startSeconds: 0, names,
    onRecord: (record, _endNs, attach) => {
      attach();
      options.onRecord(record);
    },
  });
  const time = new ObservedTime(pipeline.observer, (now) => pipeline.sweep(now));
  const read = kind === 'recording' ? await replayRecording(options, time, clock) : await replayLines(options, time, clock);
  pipeline.finish(time.lastNs);
  const { requests, incomplete } = pipeline.stats();
  return { ...read, requests, incomplete };
}

/** A recording as lines of the public format: they outlive the layout of recordings, and can be read. */
export async function recordingToLines(path: string, write: (line: string) => void, onProgress: (bytes: number) => void): Promise<KindlingError | null> {
  if (kindOf(path) !== 'recording') throw new KindlingError('RECORDING_FORMAT', { path, reason: 'it holds lines already' });
  let offsetNs = 0n;
  const writer = new LineWriter(write, () => offsetNs);
  const read = await readRecording(path, (header) => { offsetNs = BigInt(header.clockOffsetNs); }, (bytes, view, offset) => decodeRecord(bytes, view, offset, writer), onProgress);
  return read.broken === null ? null : brokenError(path, read.broken);
}

type Read = Pick<ReplayResult, 'inputs' | 'failure'>;

async function replayRecording(options: ReplayOptions, time: ObservedTime, clock: WallClock): Promise<Read> {
  const { path } = options;
  const read = await readRecording(path, (header) => clock.setOffset(BigInt(header.clockOffsetNs)), (bytes, view, offset) => decodeRecord(bytes, view, offset, time), options.onProgress);
  return { inputs: read.records, failure: read.broken === null ? null : brokenError(path, read.broken) };
}

async function replayLines(options: ReplayOptions, time: ObservedTime, clock: WallClock): Promise<Read> {
  const reader = new LineReader(time, (offsetNs) => clock.setOffset(offsetNs));
  const input = createReadStream(options.path);
  let inputs = 0;
  let problems = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    inputs++;
    const problem = reader.read(line);
    if (problem !== null) {
      problems++;
      options.onProblem(problem);
    }
    if (inputs % 1000 === 0) options.onProgress(input.bytesRead);
  }
  const failure = problems === 0 ? null : new KindlingError('LINES_UNUSABLE', { path: options.path, count: problems, lines: inputs });
  return { inputs, failure };
}

/** By its first bytes; names do not count. */
function kindOf(path: string): 'recording' | 'lines' {
  const head = Buffer.alloc(64);
  let length: number;
  try {
    const fd = openSync(path, 'r');
    length = readSync(fd, head);
    closeSync(fd);
  } catch (error) {
    throw new KindlingError('RECORDING_UNREADABLE', { path, reason: (error as NodeJS.ErrnoException).code ?? String(error) }, { cause: error });
  }
  const text = head.toString('latin1', 0, length);
  if (text.startsWith(MAGIC)) return 'recording';
  if (/^\s*(\{|#|\/\/)/.test(text)) return 'lines';
  throw new KindlingError('RECORDING_FORMAT', { path, reason: length === 0 ? 'it is empty' : `it begins neither with ${MAGIC} nor with a line of JSON` });
}

function brokenError(path: string, { reason, offset, detail }: Broken): KindlingError {
  if (reason === 'layout') return new KindlingError('RECORDING_LAYOUT', { path, detail });
  if (reason === 'not_a_recording' || reason === 'version') return new KindlingError('RECORDING_FORMAT', { path, reason: detail });
  return new KindlingError('RECORDING_BROKEN', { path, position: `byte ${offset}`, reason: reason === 'cut_off' ? `it ends within a record (${detail})` : detail });
}

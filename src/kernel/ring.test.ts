/** The reader against a writer in software that does what bpf/ring.h does, on the same memory layout. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Header, Limits } from '../events/layout.generated.js';
import { drainInOrder } from './drain.js';
import { RingReader } from './ring.js';

const SEGMENT = 4096;
const SLACK = 1024;
const KEY_LOW = 0x9e3779b9;
const KEY_HIGH = 0x7f4a7c15;
const MAX_UNITS = SLACK / Limits.UNIT;

interface Reserved { word: bigint; size: number }

/** One CPU's writer. A record's payload repeats its number, so that a torn one is found out. */
class Writer {
  readonly segments: ArrayBuffer;
  readonly rings: ArrayBuffer;
  written = 0;
  #word = 0n;

  constructor(readonly segmentCount: number, readonly cpu = 0, cpus = 1, startWord = 0n, memory?: { segments: ArrayBuffer; rings: ArrayBuffer }) {
    this.segments = memory?.segments ?? new ArrayBuffer(cpus * segmentCount * (SEGMENT + SLACK));
    this.rings = memory?.rings ?? new ArrayBuffer(cpus * 64);
    this.#word = startWord;
    this.#publish();
  }

  reader(): RingReader {
    const geometry = { cpu: this.cpu, segments: this.segmentCount, segmentBytes: SEGMENT, slackBytes: SLACK };
    return new RingReader('data', this.segments, this.rings, geometry, KEY_LOW, KEY_HIGH);
  }

  #publish(): void {
    new DataView(this.rings).setBigUint64(this.cpu * 64, this.#word, true);
  }

  reserve(units: number): Reserved {
    const reserved = { word: this.#word, size: units * Limits.UNIT };
    this.#word = BigInt.asUintN(64, this.#word + (1n << BigInt(Limits.COUNT_SHIFT)) + BigInt(units));
    this.#publish();
    return reserved;
  }

  commit({ word, size }: Reserved, ts: number): void {
    const position = Number(word & ((1n << 40n) - 1n)) * Limits.UNIT;
    const segment = Math.floor(position / SEGMENT) % this.segmentCount;
    const at = (this.cpu * this.segmentCount + segment) * (SEGMENT + SLACK) + (position % SEGMENT);
    new Uint8Array(this.segments, at, size).fill(this.written & 255);
    const view = new DataView(this.segments, at, size);
    view.setBigUint64(Header.ts, BigInt(ts), true);
    view.setUint32(Header.size, size, true);
    view.setUint32(Header.byteLength, this.written, true);
    view.setBigUint64(Header.mark, word ^ (BigInt(KEY_HIGH) << 32n | BigInt(KEY_LOW)), true);
    this.written++;
  }

  write(units: number, ts = this.written + 1): void {
    this.commit(this.reserve(units), ts);
  }
}

/** Numbers of the records that can be read now; each is checked to be whole. */
function readAll(reader: RingReader, limit = Infinity): number[] {
  const numbers: number[] = [];
  reader.refresh();
  while (reader.ts !== Infinity && numbers.length < limit) {
    const number = reader.view.getUint32(reader.offset + Header.byteLength, true);
    const body = reader.bytes.subarray(reader.offset + Header.byteLength + 4, reader.offset + reader.size);
    assert.ok(body.every((byte) => byte === (number & 255)), `record ${number} is torn`);
    numbers.push(number);
    reader.advance();
  }
  return numbers;
}

test('records come in order, over the ends of segments and laps', () => {
  const writer = new Writer(2);
  const reader = writer.reader();
  const seen: number[] = [];
  for (let i = 0; i < 1000; i++) {
    writer.write(1 + (i * 7) % MAX_UNITS);
    if (i % 5 === 4) seen.push(...readAll(reader));
  }
  assert.deepEqual(seen, Array.from({ length: 1000 }, (_, i) => i));
  assert.equal(reader.lost, 0);
});

test('positions beyond 2^32 units and a count that wraps are nothing special', () => {
  const writer = new Writer(4, 0, 1, (0xffff_fffen << 40n) & ((1n << 64n) - 1n) | (1n << 33n) - 5n);
  // A reader that starts late is lapped by all that was before it.
  const reader = writer.reader();
  readAll(reader);
  const lostBefore = reader.lost;
  const seen: number[] = [];
  for (let i = 0; i < 200; i++) {
    writer.write(3);
    if (i % 10 === 9) seen.push(...readAll(reader));
  }
  assert.equal(seen.length + (reader.lost - lostBefore) >= 200, true);
  assert.deepEqual(seen.slice(-100), Array.from({ length: 100 }, (_, i) => i + 100));
});

test('a record that is reserved and not yet written holds back what comes after it, and is then read', () => {
  const writer = new Writer(2);
  const reader = writer.reader();
  writer.write(1, 10);
  const late = writer.reserve(2);
  assert.deepEqual(readAll(reader), [0]);
  assert.equal(reader.barrier, 10, 'nothing of this ring can be older');
  writer.commit(late, 20);
  writer.write(1, 30);
  assert.deepEqual(readAll(reader), [1, 2]);
  assert.equal(reader.lost, 0);
});

const plan = fc.array(fc.record({
  records: fc.array(fc.integer({ min: 1, max: MAX_UNITS }), { maxLength: 120 }),
  read: fc.nat(150),
}), { maxLength: 30 });

test('whatever the writer laps is counted exactly, nothing is torn, repeated or out of order', () => {
  fc.assert(fc.property(plan, fc.constantFrom(2, 4), (steps, segments) => {
    const writer = new Writer(segments);
    const reader = writer.reader();
    const seen: number[] = [];
    for (const { records, read } of steps) {
      for (const units of records) writer.write(units);
      seen.push(...readAll(reader, read));
    }
    seen.push(...readAll(reader));
    for (let i = 1; i < seen.length; i++) assert.ok(seen[i] > seen[i - 1]);
    // What was lost after the last record that could be read becomes known with the next one.
    writer.write(1);
    seen.push(...readAll(reader));
    assert.equal(seen.at(-1), writer.written - 1);
    assert.equal(seen.length + reader.lost, writer.written);
  }), { numRuns: 300 });
});

test('over several rings records come in the order of their times', () => {
  const step = fc.record({ cpu: fc.nat(2), units: fc.integer({ min: 1, max: 4 }), gap: fc.nat(3), drain: fc.boolean(), limit: fc.integer({ min: 1, max: 9 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
    const memory = new Writer(4, 0, 3);
    const writers = [0, 1, 2].map((cpu) => new Writer(4, cpu, 3, 0n, memory));
    const readers = writers.map((writer) => writer.reader());
    const times: number[] = [];
    const handle = (_bytes: Uint8Array, view: DataView, offset: number) => { times.push(Number(view.getBigUint64(offset + Header.ts, true))); };
    let now = 1;
    for (const { cpu, units, gap, drain, limit } of steps) {
      now += gap;
      writers[cpu].write(units, now);
      if (drain) drainInOrder(readers, now, limit, handle);
    }
    while (drainInOrder(readers, now, 7, handle) === 7);
    const written = writers.reduce((sum, writer) => sum + writer.written, 0);
    assert.equal(times.length, written);
    for (let i = 1; i < times.length; i++) assert.ok(times[i] >= times[i - 1], times.join());
  }), { numRuns: 300 });
});

test('what one ring has not finished to write holds back what is newer in the others', () => {
  const memory = new Writer(2, 0, 2);
  const writers = [0, 1].map((cpu) => new Writer(2, cpu, 2, 0n, memory));
  const readers = writers.map((writer) => writer.reader());
  const times: number[] = [];
  const handle = (_bytes: Uint8Array, view: DataView, offset: number) => { times.push(Number(view.getBigUint64(offset + Header.ts, true))); };
  writers[0].write(1, 10);
  const late = writers[0].reserve(1);
  writers[1].write(1, 30);
  drainInOrder(readers, 40, 100, handle);
  assert.deepEqual(times, [10]);
  writers[0].commit(late, 20);
  drainInOrder(readers, 40, 100, handle);
  assert.deepEqual(times, [10, 20, 30]);
});

test('what is newer than the drain waits for the next one', () => {
  const writer = new Writer(2);
  const readers = [writer.reader()];
  writer.write(1, 50);
  assert.equal(drainInOrder(readers, 49, 10, () => {}), 0);
  assert.equal(drainInOrder(readers, 50, 10, () => {}), 1);
});

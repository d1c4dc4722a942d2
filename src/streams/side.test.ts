import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { UNKNOWN_NS } from '../events/observation.js';
import { LOST, MORE, REQUEST, type Parser, type Window } from '../protocols/protocol.js';
import type { Chunk } from './chunk.js';
import { MAX_KEPT, SideStream } from './side.js';

const MARK = 0x7e;
const HEAD = 2;

/** Messages of a mark, a length and a payload in which the mark never occurs: where they begin is beyond doubt. */
class MarkedMessages implements Parser {
  capture = 1;
  opaque = false;
  /** Number (first payload byte is not needed: the length says which) of each message that went by whole. */
  complete: number[] = [];
  losses: string[] = [];
  calls = 0;
  #passing = -1;

  /** @param eager: a message counts by its head, its payload is passed over */
  constructor(private readonly eager: boolean) {}

  parse(_side: number, window: Window): number {
    this.calls++;
    const length = window.end - window.start;
    if (length > 0 && window.buf[window.start] !== MARK) return LOST;
    if (length < HEAD) return MORE;
    const size = HEAD + window.buf[window.start + 1];
    if (size <= length) {
      this.complete.push(size);
      return size;
    }
    if (!this.eager) return MORE;
    this.#passing = size;
    return size;
  }

  passed(): void {
    assert.ok(this.#passing > 0, 'passed without a message that was passed over');
    this.complete.push(this.#passing);
    this.#passing = -1;
  }

  lost(_side: number, bytes: number, _ns: number, reason: string): void {
    this.losses.push(`${reason} ${bytes}`);
    this.#passing = -1;
  }

  resync(_side: number, window: Window): number {
    const at = window.buf.subarray(window.start, window.end).indexOf(MARK);
    return at;
  }

  halfClosed(): void {}
  expire(): void {}
  finish(): void {}
  pending(): number { return 0; }
}

function newWindow(): Window {
  return { buf: new Uint8Array(0), start: 0, end: 0, missing: 0, firstNs: 0, firstUnreadNs: UNKNOWN_NS, firstTid: 0, lastNs: 0, lastUnreadNs: UNKNOWN_NS, lastTid: 0 };
}

function message(size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(1);
  bytes[0] = MARK;
  bytes[1] = size - HEAD;
  return bytes;
}

function chunk(bytes: Uint8Array, position: number, missing = 0): Chunk {
  // Something around it, so that reading beyond its bounds is found out.
  const buffer = new Uint8Array(bytes.length + 6).fill(MARK);
  buffer.set(bytes, 3);
  return { ns: position + 1, unreadNs: UNKNOWN_NS, tid: 1, position, bytes: bytes.length + missing, buffer, offset: 3, length: bytes.length };
}

function stream(eager = false, joined = false): { parser: MarkedMessages; side: SideStream } {
  const parser = new MarkedMessages(eager);
  return { parser, side: new SideStream(REQUEST, parser, newWindow(), joined) };
}

const bytes = (...sizes: number[]): Uint8Array => new Uint8Array(Buffer.concat(sizes.map(message)));

test('messages in one chunk, and one in many chunks', () => {
  const { parser, side } = stream();
  side.feed(chunk(bytes(3, 9), 0));
  message(40).forEach((byte, i) => side.feed(chunk(new Uint8Array([byte]), 12 + i)));
  assert.deepEqual(parser.complete, [3, 9, 40]);
  assert.equal(side.lostBytes, 0);
});

test('a gap costs the message it cuts and no other', () => {
  const { parser, side } = stream();
  side.feed(chunk(bytes(5, 10).subarray(0, 9), 0));
  side.feed(chunk(bytes(10, 7).subarray(8), 13));
  assert.deepEqual(parser.complete, [5, 7]);
  assert.deepEqual(parser.losses, ['gap 4']);
  assert.equal(side.lostBytes, 4);
});

test('a stream seen from its beginning notices that its first bytes are missing', () => {
  const { parser, side } = stream();
  side.feed(chunk(bytes(10, 6).subarray(4), 4));
  assert.deepEqual(parser.complete, [6]);
  assert.deepEqual(parser.losses, ['gap 4']);
});

test('a joined stream begins wherever it begins', () => {
  const { parser, side } = stream(false, true);
  side.feed(chunk(bytes(10, 6, 4).subarray(4), 1000));
  assert.deepEqual(parser.complete, [6, 4]);
  assert.deepEqual(parser.losses, []);
});

test('what is passed over may be uncaptured, cut over chunks, or end in a gap', () => {
  const { parser, side } = stream(true);
  side.feed(chunk(message(200).subarray(0, 10), 0, 50));
  side.feed(chunk(message(200).subarray(60, 100), 60));
  side.feed(chunk(new Uint8Array(0), 100, 100));
  assert.deepEqual(parser.complete, [200]);
  side.feed(chunk(message(100).subarray(0, 20), 200));
  side.feed(chunk(message(9), 350));
  assert.deepEqual(parser.complete, [200, 100, 9]);
  assert.deepEqual(parser.losses, ['gap 50'], 'only what followed the message that was passed over');
});

test('a gap inside of what is passed over is no loss', () => {
  const { parser, side } = stream(true);
  side.feed(chunk(message(200).subarray(0, 10), 0));
  side.feed(chunk(new Uint8Array(Buffer.concat([message(200).subarray(150), message(4)])), 150));
  assert.deepEqual(parser.complete, [200, 4]);
  assert.equal(side.lostBytes, 0);
});

test('payload that was cut off costs the messages in it', () => {
  const { parser, side } = stream();
  side.feed(chunk(bytes(5, 10).subarray(0, 9), 0, 30));
  side.feed(chunk(message(8), 39));
  assert.deepEqual(parser.complete, [5, 8]);
  assert.deepEqual(parser.losses, ['truncated 34']);
});

test('bytes told twice or late change nothing', () => {
  const { parser, side } = stream();
  side.feed(chunk(bytes(5), 0));
  side.feed(chunk(bytes(5), 0));
  side.feed(chunk(bytes(5, 6), 0));
  side.feed(chunk(bytes(7), 20));
  side.feed(chunk(bytes(9), 11));
  assert.deepEqual(parser.complete, [5, 6, 7]);
  assert.equal(side.lostBytes, 9);
});

test('garbage is looked through once, not again and again', () => {
  const { parser, side } = stream();
  const garbage = new Uint8Array(10_000).fill(3);
  side.feed(chunk(garbage, 0));
  side.feed(chunk(bytes(4), garbage.length));
  assert.deepEqual(parser.complete, [4]);
  assert.ok(parser.calls < 10);
});

test('a message that never ends is given up at the limit', () => {
  const patient = new MarkedMessages(false);
  patient.parse = () => MORE;
  const side = new SideStream(REQUEST, patient, newWindow(), false);
  let position = 0;
  for (let i = 0; i < 40; i++, position += 16_384) side.feed(chunk(new Uint8Array(16_384), position));
  assert.ok(side.keptBytes() <= 4 * MAX_KEPT, `${side.keptBytes()} bytes`);
  assert.ok(patient.losses.length > 0);
});

test('each datagram stands alone, whatever its position', () => {
  const parser = new MarkedMessages(false);
  const side = new SideStream(REQUEST, parser, newWindow(), false, 'datagram');
  side.feed(chunk(message(9).subarray(0, 4), 0));
  side.feed(chunk(message(5), 500));
  side.feed(chunk(message(6), 300));
  assert.deepEqual(parser.complete, [5, 6]);
  assert.equal(side.lostBytes, 0);
});

interface Cut { length: number; captured: number; fate: 'seen' | 'dropped' | 'twice' }

const cuts = fc.array(fc.record({
  length: fc.integer({ min: 1, max: 70 }),
  captured: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fate: fc.constantFrom<Cut['fate'][]>('seen', 'seen', 'seen', 'seen', 'dropped', 'twice'),
}), { minLength: 1, maxLength: 60 });

for (const eager of [false, true]) {
  test(`exactly the messages whose ${eager ? 'heads' : 'bytes'} were captured come out, whatever is cut, dropped or told twice`, () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: HEAD, max: 120 }), { minLength: 1, maxLength: 40 }), cuts, (sizes, pieces) => {
      const whole = bytes(...sizes);
      const captured = new Uint8Array(whole.length);
      const { parser, side } = stream(eager);
      let at = 0;
      for (let i = 0; at < whole.length; i++) {
        const piece = pieces[i % pieces.length];
        const length = Math.min(piece.length, whole.length - at);
        const kept = Math.floor(length * piece.captured);
        const told = chunk(whole.subarray(at, at + kept), at, length - kept);
        if (piece.fate !== 'dropped') {
          captured.fill(1, at, at + kept);
          side.feed(told);
          if (piece.fate === 'twice') side.feed(told);
        }
        at += length;
      }
      // What ends in a hole is known to have ended once something follows it.
      side.feed(chunk(message(2), whole.length));
      let start = 0;
      const expected = sizes.filter((size) => {
        const needed = captured.subarray(start, start + (eager ? HEAD : size));
        start += size;
        return needed.every((byte) => byte === 1);
      });
      assert.deepEqual(parser.complete, [...expected, 2]);
    }), { numRuns: 1500 });
  });
}

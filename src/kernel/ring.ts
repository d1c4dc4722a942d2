/**
 * Reader of one CPU's overwrite ring (bpf/ring.h). The kernel's pages are copied in bulk into memory of our own, checked
 * against the writer's position afterwards, and only then read: what is parsed cannot change under the parser.
 */
import { Header, Limits } from '../events/layout.generated.js';

const UNIT = Limits.UNIT;
const TWO_32 = 2 ** 32;
const COUNT_MODULUS = 1 << 24;
const NO_RECORD = Infinity;

export interface RingGeometry {
  cpu: number;
  /** Segments per CPU, power of two. */
  segments: number;
  segmentBytes: number;
  slackBytes: number;
}

export class RingReader {
  /** Time of the record at hand; Infinity when there is none. */
  ts = NO_RECORD;
  /** Bytes of the record at hand: `bytes[offset, offset + size)`. */
  bytes = new Uint8Array(0);
  view = new DataView(new ArrayBuffer(0));
  offset = 0;
  size = 0;
  /** Records overwritten before they were read. Exact. */
  lost = 0;
  /** No record of this ring that is still to come can be older than this. Infinity: as far as the last fetch saw, all are here. */
  barrier = Infinity;
  /** Bytes taken so far. */
  taken = 0;

  #word: Int32Array;
  #memory: Uint8Array;
  #geometry: RingGeometry;
  #keyLow: number;
  #keyHigh: number;
  /** Position (bytes) of the record at hand or of the next one. */
  #tail = 0;
  /** Ordinal (mod 2^24) that the next record must have. */
  #ordinal = 0;
  #head = 0;
  /** Logical position of scratch[0], and end of what is in it. */
  #pieceStart = 0;
  #pieceEnd = 0;
  #lastTs = 0;

  constructor(readonly kind: 'data' | 'control', segments: ArrayBuffer, rings: ArrayBuffer, geometry: RingGeometry, keyLow: number, keyHigh: number) {
    this.#geometry = geometry;
    this.#word = new Int32Array(rings, geometry.cpu * 64, 2);
    const stride = geometry.segmentBytes + geometry.slackBytes;
    this.#memory = new Uint8Array(segments, geometry.cpu * geometry.segments * stride, geometry.segments * stride);
    this.#keyLow = keyLow;
    this.#keyHigh = keyHigh;
  }

  /** Look at the writer's position; call `advance` afterwards. Everything written before this call is then reachable. */
  refresh(): void {
    this.#head = this.#position();
    this.barrier = Infinity;
    if (this.ts === NO_RECORD) this.#load();
  }

  /** Go on to the next record; `ts` is Infinity when there is none (yet). */
  advance(): void {
    this.#tail += this.size;
    this.taken += this.size;
    this.#ordinal = (this.#ordinal + 1) % COUNT_MODULUS;
    this.#load();
  }

  /** Bytes it holds before the oldest is overwritten. */
  get capacity(): number {
    return this.#geometry.segments * this.#geometry.segmentBytes;
  }

  /** Bytes that wait. */
  backlog(): number {
    return this.#head - this.#tail;
  }

  #position(): number {
    for (;;) {
      const high = Atomics.load(this.#word, 1);
      const low = Atomics.load(this.#word, 0) >>> 0;
      if (Atomics.load(this.#word, 1) === high) return (low + (high & 0xff) * TWO_32) * UNIT;
    }
  }

  #load(): void {
    for (;;) {
      this.ts = NO_RECORD;
      if (this.#tail >= this.#head) return;
      if (!this.#inPiece() && !this.#fetch()) continue;
      const offset = this.#tail - this.#pieceStart;
      const units = this.#tail / UNIT;
      const low = (this.view.getUint32(offset, true) ^ this.#keyLow) >>> 0;
      const high = (this.view.getUint32(offset + 4, true) ^ this.#keyHigh) >>> 0;
      if (low !== units % TWO_32 || (high & 0xff) !== Math.floor(units / TWO_32) % 256) {
        // Reserved and not yet written to its end when it was copied: it will be there at the next look.
        this.#pieceEnd = this.#pieceStart;
        this.barrier = this.#lastTs;
        return;
      }
      const ordinal = high >>> 8;
      if (ordinal !== this.#ordinal) {
        this.lost += (ordinal - this.#ordinal + COUNT_MODULUS) % COUNT_MODULUS;
        this.#ordinal = ordinal;
      }
      this.offset = offset;
      this.size = this.view.getUint32(offset + Header.size, true);
      this.ts = this.view.getUint32(offset + Header.ts, true) + this.view.getUint32(offset + Header.ts + 4, true) * TWO_32;
      this.#lastTs = this.ts;
      return;
    }
  }

  /** The record at the tail is whole within the piece: a piece ends at the head or with its segment's slack. */
  #inPiece(): boolean {
    const segment = this.#geometry.segmentBytes;
    return this.#tail < this.#pieceEnd && Math.floor(this.#tail / segment) === Math.floor(this.#pieceStart / segment);
  }

  /** Copy what there is of the tail's segment. False when the writer overtook us: the tail then stands further on. */
  #fetch(): boolean {
    const { segmentBytes, segments, slackBytes } = this.#geometry;
    const segmentStart = Math.floor(this.#tail / segmentBytes) * segmentBytes;
    const end = Math.min(this.#head, segmentStart + segmentBytes + slackBytes);
    const physical = ((segmentStart / segmentBytes) % segments) * (segmentBytes + slackBytes);
    const length = end - this.#tail;
    if (this.bytes.length < length) {
      this.bytes = new Uint8Array(Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(length))));
      this.view = new DataView(this.bytes.buffer);
    }
    const from = physical + (this.#tail - segmentStart);
    this.bytes.set(this.#memory.subarray(from, from + length));
    this.#pieceStart = this.#tail;
    this.#pieceEnd = end;
    const head = this.#position();
    if (head <= segmentStart + segments * segmentBytes) return true;
    this.#head = head;
    this.#skipForward();
    return false;
  }

  /** Lapped: to the first record of the oldest segments that is surely intact, found by its mark. */
  #skipForward(): void {
    const { segmentBytes, segments, slackBytes } = this.#geometry;
    // Half a lap of room, so that the writer does not overtake again at once.
    const keep = Math.max(1, segments >> 1);
    let position = (Math.floor(this.#head / segmentBytes) - keep + 1) * segmentBytes;
    const stride = segmentBytes + slackBytes;
    const view = new DataView(this.#memory.buffer, this.#memory.byteOffset, this.#memory.byteLength);
    for (; position < this.#head; position += UNIT) {
      const physical = (Math.floor(position / segmentBytes) % segments) * stride + (position % segmentBytes);
      const units = position / UNIT;
      const low = (view.getUint32(physical, true) ^ this.#keyLow) >>> 0;
      const high = (view.getUint32(physical + 4, true) ^ this.#keyHigh) & 0xff;
      if (low === units % TWO_32 && high === Math.floor(units / TWO_32) % 256) break;
    }
    this.#tail = Math.min(position, this.#head);
    this.#pieceStart = this.#pieceEnd = 0;
  }
}

/** HotSpot's code cache: from a pc to the piece of code (CodeBlob) that it lies in, by the heaps' segment maps as the JVM itself does it. */
import type { PageMemory } from '../page-memory.js';
import type { Layout } from './layout.js';

const mostHeaps = 16;
/** A byte of the segment map says how many segments to go back; a free one is 255. */
const freeSegment = 255;
const mostHops = 1 << 16;

export interface CodeBlob {
  address: number;
  /** `nmethod`, `native nmethod`, `Interpreter`, `RuntimeStub - ...`, `StubRoutines (2)`, ... */
  name: string;
  codeBegin: number;
  codeEnd: number;
  /** 0: no frame of a fixed size. */
  frameBytes: number;
  /** First instruction with the whole frame set up, from codeBegin. */
  frameComplete: number;
}

interface CodeHeap { low: number; high: number; segmentMap: number; log2SegmentSize: number }

export class CodeCache {
  low = 0;
  high = 0;
  private heaps: CodeHeap[] = [];
  private readonly blobs = new Map<number, CodeBlob>();

  constructor(private readonly memory: PageMemory, private readonly layout: Layout) {}

  /** The cache grows and its code changes. */
  refresh(): void {
    this.blobs.clear();
    this.low = this.memory.word(this.layout.codeCache.lowBound) ?? 0;
    this.high = this.memory.word(this.layout.codeCache.highBound) ?? 0;
    this.heaps = this.readHeaps();
  }

  contains(pc: number): boolean {
    return pc >= this.low && pc < this.high;
  }

  find(pc: number): CodeBlob | null {
    const heap = this.heaps.find(({ low, high }) => pc >= low && pc < high);
    if (!heap) return null;
    let segment = Math.floor((pc - heap.low) / 2 ** heap.log2SegmentSize);
    for (let hops = 0; hops < mostHops; hops++) {
      const back = this.memory.u8(heap.segmentMap + segment);
      if (back === null || back === freeSegment) return null;
      if (back === 0) break;
      segment -= back;
    }
    const block = heap.low + segment * 2 ** heap.log2SegmentSize;
    if (this.memory.u8(block + this.layout.heapBlock.used) !== 1) return null;
    const blob = this.blobAt(block + this.layout.heapBlock.size);
    return blob && pc >= blob.codeBegin && pc < blob.codeEnd ? blob : null;
  }

  private blobAt(address: number): CodeBlob | null {
    const known = this.blobs.get(address);
    if (known) return known;
    const { codeBlob } = this.layout;
    const name = this.memory.word(address + codeBlob.name);
    const codeBegin = this.memory.word(address + codeBlob.codeBegin);
    const codeEnd = this.memory.word(address + codeBlob.codeEnd);
    const frameWords = this.memory.i32(address + codeBlob.frameSize);
    const frameComplete = this.memory.i32(address + codeBlob.frameComplete);
    if (name === null || codeBegin === null || codeEnd === null || frameWords === null || frameComplete === null) return null;
    const blob = { address, name: this.memory.cString(name, 64) ?? '', codeBegin, codeEnd, frameBytes: Math.max(0, frameWords * 8), frameComplete };
    this.blobs.set(address, blob);
    return blob;
  }

  private readHeaps(): CodeHeap[] {
    const { codeCache, growableArray } = this.layout;
    const array = this.memory.word(codeCache.heaps);
    const length = array === null ? null : this.memory.u32(array + growableArray.length);
    const data = array === null ? null : this.memory.word(array + growableArray.data);
    if (length === null || data === null) return [];
    return Array.from({ length: Math.min(length, mostHeaps) }, (_, index) => this.readHeap(this.memory.word(data + 8 * index) ?? 0))
      .filter((heap) => heap !== null);
  }

  private readHeap(heap: number): CodeHeap | null {
    const { codeHeap, virtualSpace } = this.layout;
    const low = this.memory.word(heap + codeHeap.memory + virtualSpace.low);
    const high = this.memory.word(heap + codeHeap.memory + virtualSpace.high);
    const segmentMap = this.memory.word(heap + codeHeap.segmentMap + virtualSpace.low);
    const log2SegmentSize = this.memory.u32(heap + codeHeap.log2SegmentSize);
    if (low === null || high === null || segmentMap === null || log2SegmentSize === null || log2SegmentSize > 20) return null;
    return { low, high, segmentMap, log2SegmentSize };
  }
}

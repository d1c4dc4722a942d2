/** What a place in compiled code stands for: the methods inlined there, innermost first, and the compiled method itself. */
import type { Frame } from '../../profile/stacks.js';
import type { PageMemory } from '../page-memory.js';
import type { CodeBlob } from './code-cache.js';
import type { Layout } from './layout.js';
import { unknownMethod, type Methods } from './methods.js';
import { decodeScope } from './scopes.js';

const mostPcDescs = 200_000;
const mostInlined = 64;
/** A scope is three small numbers; how long the whole is, HotSpot 17 does not tell: read as far as the numbers can reach. */
const scopeBytes = 15;

interface PcDescs { pcs: Int32Array; scopes: Int32Array }

export class CompiledMethods {
  private readonly pcDescs = new Map<number, PcDescs | null>();

  constructor(private readonly memory: PageMemory, private readonly layout: Layout, private readonly methods: Methods) {}

  forget(): void {
    this.pcDescs.clear();
  }

  framesAt(blob: CodeBlob, pc: number, returned: boolean): Frame[] {
    const scopes = this.scopesAt(blob, pc - blob.codeBegin, returned);
    if (scopes.length > 0) return scopes.map((frame, index) => ({ ...frame, inlined: index < scopes.length - 1 }));
    const method = this.memory.word(blob.address + this.layout.nmethod.method);
    return [(method === null ? null : this.methods.describe(method, -1)) ?? unknownMethod];
  }

  private scopesAt(blob: CodeBlob, pcOffset: number, returned: boolean): Frame[] {
    const { nmethod } = this.layout;
    const data = this.memory.word(blob.address + nmethod.scopesData);
    const metadataOffset = this.memory.u32(blob.address + nmethod.metadata);
    let offset = this.scopeOffset(blob, pcOffset, returned);
    if (data === null || metadataOffset === null) return [];
    const frames: Frame[] = [];
    while (offset > 0 && frames.length < mostInlined) {
      const bytes = this.memory.bytes(data + offset, scopeBytes);
      const scope = bytes ? decodeScope(bytes) : null;
      const method = scope && scope.methodIndex > 0 ? this.memory.word(blob.address + metadataOffset + 8 * (scope.methodIndex - 1)) : null;
      const frame = scope && method !== null ? this.methods.describe(method, scope.bci) : null;
      if (!scope || !frame) return [];
      frames.push(frame);
      // Callers stand before their callees in the stream.
      if (scope.senderOffset >= offset) return [];
      offset = scope.senderOffset;
    }
    return frames;
  }

  /**
   * HotSpot describes the places where a thread can be stopped. A return address is one of them. Between two of them the next
   * one counts, as in the JVM's own profilers: what was inlined before the last stop of a loop may count with it.
   */
  private scopeOffset(blob: CodeBlob, pcOffset: number, returned: boolean): number {
    const descs = this.pcDescsOf(blob);
    if (!descs) return 0;
    let low = 0;
    let high = descs.pcs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (descs.pcs[middle] < pcOffset) low = middle + 1;
      else high = middle;
    }
    if (low >= descs.pcs.length || (returned && descs.pcs[low] !== pcOffset)) return 0;
    return descs.scopes[low];
  }

  private pcDescsOf({ address }: CodeBlob): PcDescs | null {
    let known = this.pcDescs.get(address);
    if (known === undefined) this.pcDescs.set(address, known = this.readPcDescs(address));
    return known;
  }

  private readPcDescs(address: number): PcDescs | null {
    const { nmethod, pcDesc } = this.layout;
    const start = this.memory.u32(address + nmethod.scopesPcs);
    const end = this.memory.u32(address + nmethod.dependencies);
    if (start === null || end === null) return null;
    const count = Math.floor((end - start) / pcDesc.size);
    const bytes = count > 0 && count <= mostPcDescs ? this.memory.bytes(address + start, count * pcDesc.size) : null;
    if (!bytes) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const column = (offset: number) => Int32Array.from({ length: count }, (_, index) => view.getInt32(index * pcDesc.size + offset, true));
    return { pcs: column(pcDesc.pcOffset), scopes: column(pcDesc.scopeOffset) };
  }
}

/**
 * A process as it was at one moment, captured from a real one that was stopped there: registers, the stack of one thread, and of
 * its memory what naming that stack reads (in lines of 64 bytes). Memory that was not captured reads as 0 within a captured page.
 */
import { readFileSync } from 'node:fs';
import { Registers, type Mapping, type ProcessView, type RuntimeProcess, type StackMemory } from '../runtime.js';

interface Capture {
  program: string;
  mappings: Mapping[];
  /** name, address, size in bytes, start of the mapping it belongs to */
  symbols: [string, string, number, string][];
  constants: Record<string, number>;
  registers: Record<string, string>;
  /** Hexadecimal, from rsp upwards. */
  stack: string;
  memory: Record<string, string>;
}

const registerNames = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
/** Constants of the capture are served as symbols of this memory, as they are in the binary. */
const constantsAt = 0x1000n;
const pageBytes = 4096;

export class CapturedProcess implements ProcessView {
  readonly pid = 1;
  readonly mappings: readonly Mapping[];
  private readonly pages = new Map<number, Uint8Array>();
  /** From rsp upwards. */
  stack: Uint8Array;

  constructor(private readonly capture: Capture, private readonly constantPrefix: string) {
    this.mappings = capture.mappings;
    this.stack = Buffer.from(capture.stack, 'hex');
    for (const [address, hex] of Object.entries(capture.memory)) this.write(Number(address), Buffer.from(hex, 'hex'));
    Object.values(capture.constants).forEach((value, index) => {
      this.write(Number(constantsAt) + 4 * index, new Uint8Array(Int32Array.of(value).buffer));
    });
  }

  static load(path: string, constantPrefix = ''): CapturedProcess {
    return new CapturedProcess(JSON.parse(readFileSync(path, 'utf8')) as Capture, constantPrefix);
  }

  write(address: number, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const start = address + index - ((address + index) % pageBytes);
      let page = this.pages.get(start);
      if (!page) this.pages.set(start, page = new Uint8Array(pageBytes));
      page[address + index - start] = byte;
    });
  }

  /** Every captured page, as it is now: to be damaged by tests. */
  damage(change: (page: Uint8Array, address: number) => void): void {
    for (const [address, page] of this.pages) if (address !== Number(constantsAt)) change(page, address);
  }

  openable(): string | null {
    return null;
  }

  inside(path: string): string {
    return path;
  }

  readMemory(address: bigint, lengthBytes: number): Uint8Array | null {
    const bytes = new Uint8Array(lengthBytes);
    for (let done = 0; done < lengthBytes;) {
      const at = Number(address) + done;
      const page = this.pages.get(at - (at % pageBytes));
      if (!page) return null;
      const part = page.subarray(at % pageBytes, (at % pageBytes) + lengthBytes - done);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  symbols(mapping: Mapping, prefix: string): { name: string; address: bigint; sizeBytes: number }[] {
    if (prefix === this.constantPrefix) {
      return Object.keys(this.capture.constants).map((name, index) => ({ name: prefix + name, address: constantsAt + BigInt(4 * index), sizeBytes: 4 }));
    }
    return this.capture.symbols.filter(([name, , , start]) => name.startsWith(prefix) && Number(start) === mapping.start)
      .map(([name, address, sizeBytes]) => ({ name, address: BigInt(address), sizeBytes }));
  }

  registers(): Registers {
    const registers = new Registers();
    registerNames.forEach((name, index) => registers.set(index, BigInt(this.capture.registers[name])));
    return registers;
  }

  memory(): StackMemory {
    const sp = BigInt(this.capture.registers.rsp);
    const view = new DataView(this.stack.buffer, this.stack.byteOffset, this.stack.length);
    return {
      word: (address) => {
        const at = address - sp;
        return at >= 0n && at + 8n <= BigInt(view.byteLength) ? view.getBigUint64(Number(at), true) : null;
      },
      now: (address, lengthBytes) => this.readMemory(address, lengthBytes),
    };
  }
}

/** `name file:line` of each frame from the innermost one, as long as the runtime owns them; at the end why it ended, if it did. */
export function framesOf(runtime: RuntimeProcess, process: CapturedProcess): string[] {
  const lines: string[] = [];
  const memory = process.memory();
  let registers: Registers | null = process.registers();
  for (let returned = false; registers && lines.length < 200; returned = true) {
    const pc = registers.get(Registers.PC);
    if (pc === null || !runtime.owns(pc)) break;
    const step = runtime.step({ registers, returned, memory });
    for (const { name, module, line, inlined } of step.frames) lines.push([name, module && `${module}${line ? `:${line}` : ''}`, inlined ? 'inlined' : ''].filter(Boolean).join(' '));
    if (step.caller === null && step.ended) lines.push(`... ${step.ended}`);
    registers = step.caller;
  }
  return lines;
}

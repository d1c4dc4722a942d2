/** Go in one process: unwinding by the frame sizes of Go's own table, exact at every instruction, also in stripped binaries. */
import { basename } from 'node:path';
import type { Frame } from '../../profile/stacks.js';
import { PageMemory } from '../page-memory.js';
import { Registers, type Mapping, type ProcessView, type RuntimeProcess, type RuntimeStep, type RuntimeStepInput, type RuntimeSupport } from '../runtime.js';
import { inlinedAt } from './inline-tree.js';
import { LineTable, type Function } from './line-table.js';
import { loadBias, readElf } from './sections.js';

/** Outermost functions of a goroutine and of a thread. */
const outermost = new Set(['runtime.goexit', 'runtime.mstart', 'runtime.rt0_go', 'runtime.mstart0', '_rt0_amd64_linux']);
/** They go on with another stack than the one they were called on. */
const stackSwitches = new Set(['runtime.systemstack', 'runtime.mcall', 'runtime.morestack', 'runtime.morestack_noctxt', 'runtime.asmcgocall', 'runtime.gogo', 'runtime.sigreturn', 'runtime.sigtramp']);
const otherStack = 'the Go runtime had changed to a stack of its own; the goroutine is on another one';

class GoProcess implements RuntimeProcess {
  readonly claimed: readonly { start: bigint; end: bigint }[];

  /** @param functionTables address of `go.func.*`; null: inlined functions are not known */
  constructor(private readonly memory: PageMemory, private readonly table: LineTable, private readonly functionTables: number | null, private readonly module: string) {
    this.claimed = [{ start: BigInt(table.textStart), end: BigInt(table.textEnd) }];
  }

  owns(pc: bigint): boolean {
    return this.table.contains(Number(pc));
  }

  step({ registers, returned, memory }: RuntimeStepInput): RuntimeStep {
    const pc = Number(registers.get(Registers.PC) ?? 0n) - (returned ? 1 : 0);
    const sp = registers.get(Registers.RSP);
    const one = this.table.find(pc);
    if (!one) return { frames: [], caller: null, ended: 'Go code that its table does not list' };
    const frames = this.framesOf(one, pc);
    if (outermost.has(one.name)) return { frames, caller: null, ended: '' };
    if (stackSwitches.has(one.name) && returned) return { frames, caller: null, ended: otherStack };
    const size = this.table.frameBytes(one, pc);
    if (size === null || sp === null || size < 0) return { frames, caller: null, ended: 'a frame whose size is not known' };
    const returnAt = sp + BigInt(size);
    const caller = memory.word(returnAt);
    if (caller === null) return { frames, caller: null, ended: 'the copied stack ends here' };
    const next = new Registers();
    next.set(Registers.PC, caller);
    next.set(Registers.RSP, returnAt + 8n);
    const fp = size >= 8 ? memory.word(returnAt - 8n) : registers.get(Registers.RBP);
    if (fp !== null) next.set(Registers.RBP, fp);
    return { frames, caller: next, ended: '' };
  }

  private framesOf(one: Function, pc: number): Frame[] {
    const inlined = this.functionTables === null ? [] : inlinedAt(this.memory, this.table, this.functionTables, one, pc);
    const places = [pc, ...inlined.map(({ callerPc }) => callerPc)];
    return [...inlined.map(({ name }) => name), one.name].map((name, index) => ({
      name, kind: 'go', module: this.module, ...this.table.place(one, places[index]), inlined: index < inlined.length,
    }));
  }

  /** Nothing of it changes while the program runs. */
  async refresh(): Promise<void> {}

  forget(): void {
    this.memory.forget();
  }
}

/** `go.func.*`, `go:func.*` since 1.20; of a stripped binary the module data's field, found by its first one: the table's address. */
function functionTablesOf(process: ProcessView, mapping: Mapping, memory: PageMemory, table: number, hasStartLine: boolean): number | null {
  const symbol = process.symbols(mapping, 'go.func.*')[0] ?? process.symbols(mapping, 'go:func.*')[0];
  if (symbol) return Number(symbol.address);
  const data = process.mappings.filter(({ writable, inode, device }) => writable && inode === mapping.inode && device === mapping.device);
  for (const { start, end } of data) {
    for (let at = start; at + 8 <= end; at += 8) {
      if (memory.word(at) === table) return memory.word(at + (hasStartLine ? 320 : 304));
    }
  }
  return null;
}

export const go: RuntimeSupport = {
  name: 'go',
  async attach(process) {
    const mapping = process.mappings.find(({ inode, executable }) => inode !== 0 && executable);
    const path = mapping ? process.openable(mapping) : null;
    const elf = path ? readElf(path) : null;
    const section = elf?.sections.find(({ name }) => name === '.gopclntab' || name === '.data.rel.ro.gopclntab');
    const bias = elf && mapping ? loadBias(elf, mapping) : null;
    if (!mapping || !section || bias === null) return null;
    const memory = new PageMemory((address, lengthBytes) => process.readMemory(address, lengthBytes));
    const table = LineTable.at(memory, section.address + bias);
    return table ? new GoProcess(memory, table, functionTablesOf(process, mapping, memory, section.address + bias, table.hasStartLine), basename(mapping.path)) : null;
  },
};

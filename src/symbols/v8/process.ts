/** V8 in one process: Node 18, 20, 22, 24 and whatever else exports V8's post-mortem metadata without pointer compression. */
import { findMapping } from '../memory-map.js';
import { PageMemory } from '../page-memory.js';
import { PerfMap } from '../perf-map.js';
import type { Mapping, ProcessView, RuntimeProcess, RuntimeStep, RuntimeStepInput, RuntimeSupport } from '../runtime.js';
import { Builtins } from './builtins.js';
import { BytecodeIndex } from './bytecode.js';
import { CodeFinder } from './code.js';
import { Functions } from './functions.js';
import { Heap } from './heap.js';
import { layoutOf, type Constants, type Layout } from './layout.js';
import { stepFrame, type V8Parts } from './step.js';

const constantPrefix = 'v8dbg_';
const builtinPrefix = 'Builtins_';

class V8Process implements RuntimeProcess {
  readonly claimed: readonly { start: bigint; end: bigint }[];
  private readonly parts: V8Parts;
  private readonly perfMap: PerfMap;

  constructor(private readonly process: ProcessView, layout: Layout, builtins: Builtins) {
    const heap = new Heap(new PageMemory((address, lengthBytes) => process.readMemory(address, lengthBytes)), layout);
    this.perfMap = new PerfMap(process.pid);
    this.parts = { heap, builtins, perfMap: this.perfMap, functions: new Functions(heap), code: new CodeFinder(heap), bytecode: new BytecodeIndex(heap) };
    this.claimed = builtins.ranges.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) }));
  }

  owns(pc: bigint): boolean {
    const address = Number(pc);
    if (this.parts.builtins.contains(address)) return true;
    const mapping = findMapping(this.process.mappings, address);
    return mapping !== null && mapping.executable && mapping.inode === 0;
  }

  step(input: RuntimeStepInput): RuntimeStep {
    return stepFrame(this.parts, input);
  }

  async refresh(): Promise<void> {
    this.forget();
    this.perfMap.refresh();
  }

  forget(): void {
    this.parts.heap.forget();
    this.parts.code.forget();
    this.parts.bytecode.forget();
  }
}

/** Node's own file, or the library that Debian's Node is in. */
function mayHoldV8({ executable, inode, path }: Mapping): boolean {
  return executable && inode !== 0 && /(^|\/)(lib)?(node|v8)/i.test(path);
}

function constantsOf(process: ProcessView, mapping: Mapping): Constants {
  const constants = new Map<string, number>();
  for (const { name, address } of process.symbols(mapping, constantPrefix)) {
    const bytes = process.readMemory(address, 4);
    if (bytes) constants.set(name.slice(constantPrefix.length), new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true));
  }
  return constants;
}

/** The file's code may be mapped in several places: V8 maps its builtins again near the JIT's code. */
function builtinsOf(process: ProcessView, file: Mapping): Builtins {
  const places = process.mappings.filter(({ executable, inode, device }) => executable && inode === file.inode && device === file.device);
  return new Builtins(places.map((place) => process.symbols(place, builtinPrefix)
    .filter(({ address }) => address >= BigInt(place.start) && address < BigInt(place.end))));
}

export const v8: RuntimeSupport = {
  name: 'v8',
  async attach(process) {
    const candidates = process.mappings.filter(mayHoldV8);
    for (const mapping of candidates.filter((one, index) => candidates.findIndex(({ inode, device }) => inode === one.inode && device === one.device) === index)) {
      const layout = layoutOf(constantsOf(process, mapping));
      if (layout) return new V8Process(process, layout, builtinsOf(process, mapping));
    }
    return null;
  },
};

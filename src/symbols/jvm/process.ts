/** HotSpot in one process, without an agent and without asking it: everything is read from its memory. JDK 17. */
import { PageMemory } from '../page-memory.js';
import type { Mapping, ProcessView, RuntimeProcess, RuntimeStep, RuntimeStepInput, RuntimeSupport } from '../runtime.js';
import { CodeCache } from './code-cache.js';
import { CompiledMethods } from './compiled-methods.js';
import { isKnownVersion, layoutOf, type Layout } from './layout.js';
import { Methods } from './methods.js';
import { stepFrame, type JvmParts } from './step.js';
import { VmStructs } from './vm-structs.js';

const tablePrefix = 'gHotSpotVM';

class JvmProcess implements RuntimeProcess {
  /** Its code has no file behind it. */
  readonly claimed = [];
  private readonly parts: JvmParts;

  constructor(memory: PageMemory, layout: Layout) {
    const methods = new Methods(memory, layout);
    this.parts = { memory, layout, methods, codeCache: new CodeCache(memory, layout), compiled: new CompiledMethods(memory, layout, methods) };
  }

  owns(pc: bigint): boolean {
    return this.parts.codeCache.contains(Number(pc));
  }

  step(input: RuntimeStepInput): RuntimeStep {
    return stepFrame(this.parts, input);
  }

  async refresh(): Promise<void> {
    this.forget();
    this.parts.codeCache.refresh();
  }

  forget(): void {
    this.parts.memory.forget();
    this.parts.methods.forget();
    this.parts.compiled.forget();
  }
}

function isHotSpot({ inode, path }: Mapping): boolean {
  return inode !== 0 && path.endsWith('/libjvm.so');
}

export const jvm: RuntimeSupport = {
  name: 'jvm',
  async attach(process: ProcessView) {
    const mapping = process.mappings.find((one) => isHotSpot(one) && one.executable);
    if (!mapping) return null;
    const symbols = new Map(process.symbols(mapping, tablePrefix).map(({ name, address }) => [name.replace(/@.*/, ''), Number(address)]));
    const memory = new PageMemory((address, lengthBytes) => process.readMemory(address, lengthBytes));
    const structs = new VmStructs(memory, (name) => symbols.get(name) ?? null);
    const layout = isKnownVersion(structs, memory) ? layoutOf(structs) : null;
    return layout ? new JvmProcess(memory, layout) : null;
  },
};

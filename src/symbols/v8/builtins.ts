/**
 * V8's builtins: code that was compiled into the binary (`Builtins_*`), also where Node has mapped it a second time next to the JIT's code.
 */
export interface BuiltinSymbol { name: string; address: bigint; sizeBytes: number }

interface Builtin { name: string; start: number; end: number }

export class Builtins {
  private readonly list: Builtin[];
  readonly ranges: { start: number; end: number }[];

  /** One list of symbols for each place where the code is mapped. */
  constructor(mapped: readonly (readonly BuiltinSymbol[])[]) {
    const lists = mapped.filter((symbols) => symbols.length > 0).map((symbols) => symbols
      .map(({ name, address, sizeBytes }) => ({ name, start: Number(address), end: Number(address) + sizeBytes }))
      .sort((a, b) => a.start - b.start));
    this.list = lists.flat().sort((a, b) => a.start - b.start);
    this.ranges = lists.map((list) => ({ start: list[0].start, end: Math.max(...list.map(({ end }) => end)) }));
  }

  contains(pc: number): boolean {
    return this.ranges.some(({ start, end }) => pc >= start && pc < end);
  }

  /** Null in the padding between two of them. */
  at(pc: number): string | null {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].start <= pc) low = middle + 1;
      else high = middle;
    }
    const builtin = this.list[low - 1];
    return builtin && pc < Math.max(builtin.end, builtin.start + 1) ? builtin.name : null;
  }
}

/** The interpreter itself and the glue between calls: their frames say nothing that the function's own frame does not say. */
const glue = [
  /^Builtins_Interpreter/, /^Builtins_Baseline/, /Handler$/, /^Builtins_JSEntry/, /^Builtins_JSRunMicrotasksEntry$/, /^Builtins_JSConstructEntry$/, /^Builtins_CEntry_/, /^Builtins_Call(_|Function|With|BoundFunction)/,
  /^Builtins_Construct(_|Function|With|BoundFunction|$)/, /^Builtins_JSBuiltinsConstructStub$/, /^Builtins_JSConstructStub/, /^Builtins_AdaptorWith/, /^Builtins_ArgumentsAdaptor/, /^Builtins_CompileLazy/, /^Builtins_HandleApiCall/,
  /^Builtins_CallApi/, /^Builtins_(LoadIC|StoreIC|KeyedLoadIC|KeyedStoreIC|CallIC)Trampoline/,
];

export function isGlue(name: string): boolean {
  return glue.some((pattern) => pattern.test(name));
}

/** The frame is the function's own while one of these runs: the interpreter, its bytecode handlers, entry to baseline code. */
export function runsAFunction(name: string): boolean {
  return /^Builtins_Interpreter(?!PushArgs)/.test(name) || /Handler$/.test(name) || /^Builtins_Baseline/.test(name);
}

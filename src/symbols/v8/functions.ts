/** Names and places of JavaScript functions: SharedFunctionInfo -> name, script, line. */
import type { Frame } from '../../profile/stacks.js';
import type { Heap } from './heap.js';
import { smi } from './heap.js';
import { lineStarts, lineAt } from './lines.js';

/** What stands for a function that could not be read (moved or gone since the sample): never a guess. */
export const unknownFunction: Frame = { name: '(JavaScript function)', kind: 'javascript', module: '', file: '', line: 0, inlined: false };

const longestName = 200;
const longestPath = 1024;
const longestSourceBytes = 8 * 2 ** 20;
/** Locals beyond this many are kept in a hash table instead of a list (kScopeInfoMaxInlinedLocalNamesSize). */
const mostListedLocals = 75;
const mostKnown = 20_000;

interface Known { nameOrScopeInfo: number; script: number; frame: Frame }
interface KnownScript { source: number; name: number; path: string; lines: Uint32Array | null }
interface NameAndPosition { name: string; position: number }

export class Functions {
  private readonly known = new Map<number, Known>();
  private readonly scripts = new Map<number, KnownScript>();

  constructor(private readonly heap: Heap) {}

  /** `shared` must be a SharedFunctionInfo; null when its fields do not hold. */
  describe(shared: number): Frame | null {
    const { layout } = this.heap;
    if (!this.heap.is(shared, layout.types.sharedFunctionInfo)) return null;
    const nameOrScopeInfo = this.heap.field(shared, layout.shared.nameOrScopeInfo);
    const script = this.heap.field(shared, layout.shared.script);
    if (nameOrScopeInfo === null || script === null) return null;
    const known = this.known.get(shared);
    // Another function may have taken the place of one that is gone: its fields differ.
    if (known && known.nameOrScopeInfo === nameOrScopeInfo && known.script === script) return known.frame;
    const frame = this.frameOf(nameOrScopeInfo, script);
    if (frame) this.remember(shared, { nameOrScopeInfo, script, frame });
    return frame;
  }

  /** The same with the line of a place within the function. */
  describeAt(shared: number, scriptOffset: number): Frame | null {
    const frame = this.describe(shared);
    const script = frame && scriptOffset >= 0 ? this.scriptOf(shared) : null;
    const lines = script === null ? null : this.script(script)?.lines;
    return frame && lines ? { ...frame, line: lineAt(lines, scriptOffset) } : frame;
  }

  /** The script of a function; null for builtins and what is being debugged. */
  scriptOf(shared: number): number | null {
    const script = this.heap.field(shared, this.heap.layout.shared.script);
    return this.heap.is(script, this.heap.layout.types.script) ? script : null;
  }

  private remember(shared: number, known: Known): void {
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(shared, known);
  }

  private frameOf(nameOrScopeInfo: number, script: number): Frame | null {
    const { types } = this.heap.layout;
    if (this.heap.isString(nameOrScopeInfo)) {
      const name = this.heap.text(nameOrScopeInfo, longestName);
      return name === null ? null : { name: name || '(anonymous)', kind: 'javascript', module: '', file: '', line: 0, inlined: false };
    }
    if (!this.heap.is(nameOrScopeInfo, types.scopeInfo)) return null;
    const { name, position } = this.scopeInfo(nameOrScopeInfo);
    const place = this.heap.is(script, types.script) ? this.script(script) : null;
    const path = place?.path ?? '';
    return {
      name: name || (position === 0 && path ? '(top level)' : '(anonymous)'),
      kind: 'javascript',
      module: path.slice(path.lastIndexOf('/') + 1),
      file: path,
      line: place?.lines && position >= 0 ? lineAt(place.lines, position) : 0,
      inlined: false,
    };
  }

  /**
   * After the local variables' names and infos come, each only in some functions: a class variable, the function's name and
   * slot, its inferred name, its start and end. Which of them are there is told by flags that every V8 version numbers anew; the
   * kinds of the values tell it as well: strings are names (the own one before the inferred one), and the last two of the integers behind them are start and end.
   */
  private scopeInfo(object: number): NameAndPosition {
    const { localCountIndex, firstVariableIndex } = this.heap.layout.scopeInfo;
    const slot = (index: number) => this.heap.field(object, 8 + 8 * index);
    const locals = smi(slot(localCountIndex)) ?? -1;
    if (locals < 0 || locals > 100_000) return { name: '', position: -1 };
    let index = firstVariableIndex + locals + (locals < mostListedLocals ? locals : 1);
    let name = '';
    const last = index + 6;
    const numbers: number[] = [];
    for (; index < last; index++) {
      const value = slot(index);
      const number = smi(value);
      if (number !== null) numbers.push(number);
      else if (value !== null && this.heap.isString(value)) {
        name ||= this.heap.text(value, longestName) ?? '';
        numbers.length = 0;
      } else if (value !== null && this.heap.typeOf(value) === this.heap.layout.types.scopeInfo) break;
      else if (numbers.length >= 2) break;
    }
    // Newer versions keep start and end before the variables.
    if (firstVariableIndex >= 5) return { name, position: smi(slot(3)) ?? -1 };
    return { name, position: numbers.length >= 2 ? numbers[numbers.length - 2] : -1 };
  }

  private script(script: number): KnownScript | null {
    const { layout } = this.heap;
    const source = this.heap.field(script, layout.script.source);
    const name = this.heap.field(script, layout.script.name);
    if (source === null || name === null) return null;
    const known = this.scripts.get(script);
    if (known && known.source === source && known.name === name) return known;
    const path = this.heap.isString(name) ? this.heap.text(name, longestPath) ?? '' : '';
    const made = { source, name, path: path.replace(/^file:\/\//, ''), lines: this.lines(source) };
    if (this.scripts.size >= mostKnown) this.scripts.clear();
    this.scripts.set(script, made);
    return made;
  }

  private lines(source: number): Uint32Array | null {
    const flat = this.heap.flat(source);
    if (!flat || flat.length * flat.bytesPerCharacter > longestSourceBytes) return null;
    const bytes = this.heap.memory.bytes(flat.address, flat.length * flat.bytesPerCharacter);
    return bytes ? lineStarts(bytes, flat.bytesPerCharacter) : null;
  }
}

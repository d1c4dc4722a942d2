/** Functions that Go's compiler inlined (FUNCDATA_InlTree, PCDATA_InlTreeIndex; src/runtime/symtab.go). */
import type { PageMemory } from '../page-memory.js';
import type { Function, LineTable } from './line-table.js';

const inlineTreeIndex = 2;
const inlineTree = 3;
const deepest = 64;

/** Offsets of struct inlinedCall. Go 1.20 no longer keeps where a call stands: that is asked for at the caller's pc. */
const go118 = { size: 20, name: 12, parentPc: 16 };
const go120 = { size: 16, name: 4, parentPc: 8 };

export interface InlinedCall { name: string; /** A pc in the caller, which stands for the call. */ callerPc: number }

/** Innermost first. @param functionTables address of `go.func.*` */
export function inlinedAt(memory: PageMemory, table: LineTable, functionTables: number, one: Function, pc: number): InlinedCall[] {
  const offset = table.functionData(one, inlineTree);
  if (offset === null) return [];
  const shape = table.hasStartLine ? go120 : go118;
  const calls: InlinedCall[] = [];
  for (let at = pc; calls.length < deepest;) {
    const index = table.pcData(one, inlineTreeIndex, at);
    if (index === null || index < 0) break;
    const call = functionTables + offset + index * shape.size;
    const name = table.name(memory.i32(call + shape.name) ?? -1);
    const parentPc = memory.i32(call + shape.parentPc);
    if (name === null || parentPc === null) break;
    at = one.entry + parentPc;
    calls.push({ name, callerPc: at });
  }
  return calls;
}

import type { FunctionInfo } from './functions.js';
import type { Weighted } from './tree.js';

export interface Found { ids: ReadonlySet<number>; ns: number }

/** Functions whose name, module or file holds the words; and the time of the stacks that they stand in. null: nothing is searched. */
export function findFunctions(functions: readonly FunctionInfo[], stacks: readonly Weighted[], text: string): Found | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const ids = new Set<number>();
  functions.forEach(({ name, module, file }, id) => { if (`${name}\n${module}\n${file}`.toLowerCase().includes(wanted)) ids.add(id); });
  return { ids, ns: stacks.reduce((sum, { chain, ns }) => sum + (chain.some((id) => ids.has(id)) ? ns : 0), 0) };
}

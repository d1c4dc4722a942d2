/**
 * What V8 writes into a perf map (--perf-basic-prof) for a JavaScript function: `JS:*name path:line:column`, in older versions `LazyCompile:*name ...`.
 * Asked only where the process's memory does not answer: the map keeps names of code that is gone, memory does not.
 */
import type { Frame } from '../../profile/stacks.js';

const line = /^(?:JS|LazyCompile|Function|Eval|Script):[*~^+']*(\S*) (.*?)(?::(\d+):\d+)?$/;

/** Null when it is not a function's. */
export function perfMapFrame(name: string | null): Frame | null {
  const found = name === null ? null : line.exec(name);
  if (!found) return null;
  const file = found[2].replace(/^file:\/\//, '');
  return { name: found[1] || '(anonymous)', kind: 'javascript', module: file.slice(file.lastIndexOf('/') + 1), file, line: Number(found[3] ?? 0), inlined: false };
}

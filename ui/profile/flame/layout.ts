/** Where each node of a flame graph lies: rows from the top, and ns from the left. */
import type { FlameNode } from './tree.js';

export interface FlameRect { node: FlameNode; from: number; to: number; row: number }

/** Rows, each in order from left to right. */
export interface FlameLayout { rows: FlameRect[][]; total: number; place: Map<FlameNode, FlameRect> }

/** Width of a node: its own time, or that in the profile compared with. */
export type WidthOf = (node: FlameNode) => number;
const ownTime: WidthOf = (node) => node.ns;

/** Neither wider than its parent nor to be seen: left out, with all below it. */
const LEAST_SHARE = 1e-5;

function place(layout: FlameLayout, root: FlameNode, widthOf: WidthOf, rowOf: (depth: number) => number, skipRoot: boolean): void {
  const waiting: Array<{ node: FlameNode; from: number }> = [{ node: root, from: 0 }];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const { node, from } = one;
    const to = from + widthOf(node);
    if (!(skipRoot && node === root)) {
      const rect = { node, from, to, row: rowOf(node.depth) };
      (layout.rows[rect.row] ??= []).push(rect);
      layout.place.set(node, rect);
    }
    let at = from;
    const children: typeof waiting = [];
    for (const child of node.children) {
      const width = widthOf(child);
      if (width > layout.total * LEAST_SHARE) children.push({ node: child, from: at });
      at += width;
    }
    // Last in, first out: so rows fill from left to right.
    for (let i = children.length - 1; i >= 0; i--) waiting.push(children[i]);
  }
}

export function layoutTree(root: FlameNode, widthOf: WidthOf = ownTime): FlameLayout {
  const layout: FlameLayout = { rows: [], total: widthOf(root), place: new Map() };
  if (layout.total > 0) place(layout, root, widthOf, (depth) => depth, false);
  return layout;
}

/** Callers above, growing upwards; the function itself; what it calls below. */
export function layoutSandwich(callers: FlameNode, callees: FlameNode): FlameLayout {
  const layout: FlameLayout = { rows: [], total: callees.ns, place: new Map() };
  if (layout.total === 0) return layout;
  const deepest = depthOf(callers);
  // The function is the only child of both roots: it is drawn once, as the callees' first row.
  if (callers.children[0]) place(layout, callers.children[0], ownTime, (depth) => deepest - depth, true);
  place(layout, callees, ownTime, (depth) => deepest + depth - 2, true);
  return layout;
}

function depthOf(root: FlameNode): number {
  let most = 0;
  const waiting = [root];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    most = Math.max(most, one.depth);
    waiting.push(...one.children);
  }
  return most;
}

/** First rectangle of a row that ends after `ns`. */
export function firstAfter(row: readonly FlameRect[], ns: number): number {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[middle].to > ns) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function rectAt(layout: FlameLayout, row: number, ns: number): FlameRect | null {
  const rects = layout.rows[row] ?? [];
  const rect = rects[firstAfter(rects, ns)];
  return rect && rect.from <= ns ? rect : null;
}

/** The rectangle that an arrow key leads to. */
export function neighbour(layout: FlameLayout, from: FlameRect, key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): FlameRect {
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const row = layout.rows[from.row];
    return row[row.indexOf(from) + (key === 'ArrowLeft' ? -1 : 1)] ?? from;
  }
  const next = from.row + (key === 'ArrowUp' ? -1 : 1);
  // What lies below the left edge; at the edge of a caller's row the middle is the better guess.
  return rectAt(layout, next, from.from) ?? rectAt(layout, next, (from.from + from.to) / 2) ?? from;
}

/** Stacks merged into a tree: the wider a node, the more time was spent below it. */
import type { Chain } from './functions.js';

/** A chain, its time, and its time in the profile compared with. */
export interface Weighted { chain: Chain; ns: number; otherNs: number }

export interface FlameNode {
  /** Function id; -1 for the root. */
  id: number;
  ns: number;
  selfNs: number;
  /** The same in the profile compared with; 0 where nothing is compared. */
  otherNs: number;
  depth: number;
  parent: FlameNode | null;
  /** Largest first. */
  children: FlameNode[];
}

interface Growing extends FlameNode { byId: Map<number, Growing> | null }

const node = (id: number, parent: Growing | null): Growing => ({ id, ns: 0, selfNs: 0, otherNs: 0, depth: parent ? parent.depth + 1 : 0, parent, children: [], byId: null });

/** From the outermost frame inwards; `invert`: from where the time was spent to its callers. */
export function buildTree(stacks: readonly Weighted[], invert = false): FlameNode {
  const root = node(-1, null);
  for (const { chain, ns, otherNs } of stacks) {
    let at = root;
    at.ns += ns;
    at.otherNs += otherNs;
    for (let i = 0; i < chain.length; i++) {
      const id = chain[invert ? chain.length - 1 - i : i];
      at.byId ??= new Map();
      let next = at.byId.get(id);
      if (!next) {
        at.byId.set(id, (next = node(id, at)));
        at.children.push(next);
      }
      next.ns += ns;
      next.otherNs += otherNs;
      at = next;
    }
    at.selfNs += ns;
  }
  return sorted(root);
}

function sorted(root: FlameNode): FlameNode {
  const waiting = [root];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    one.children.sort((a, b) => Math.max(b.ns, b.otherNs) - Math.max(a.ns, a.otherNs) || a.id - b.id);
    waiting.push(...one.children);
    (one as Growing).byId = null;
  }
  return root;
}

/** What calls a function, and what it calls: both trees have the function itself as their only child. Of a recursion the outermost call counts. */
export function sandwich(stacks: readonly Weighted[], id: number): { callers: FlameNode; callees: FlameNode } {
  const within = stacks.map((one) => ({ ...one, at: one.chain.indexOf(id) })).filter(({ at }) => at >= 0);
  return {
    callers: buildTree(within.map(({ chain, at, ...rest }) => ({ ...rest, chain: chain.slice(0, at + 1) })), true),
    callees: buildTree(within.map(({ chain, at, ...rest }) => ({ ...rest, chain: chain.slice(at) }))),
  };
}

export interface FunctionSum { id: number; selfNs: number; totalNs: number; otherSelfNs: number; otherTotalNs: number }

/** Per function, a recursion counted once; the most self time first. */
export function functionSums(stacks: readonly Weighted[]): FunctionSum[] {
  const sums = new Map<number, FunctionSum>();
  for (const { chain, ns, otherNs } of stacks) {
    for (const id of new Set(chain)) {
      let sum = sums.get(id);
      if (!sum) sums.set(id, (sum = { id, selfNs: 0, totalNs: 0, otherSelfNs: 0, otherTotalNs: 0 }));
      sum.totalNs += ns;
      sum.otherTotalNs += otherNs;
      if (chain.at(-1) === id) {
        sum.selfNs += ns;
        sum.otherSelfNs += otherNs;
      }
    }
  }
  return [...sums.values()].sort((a, b) => b.selfNs - a.selfNs || b.totalNs - a.totalNs || a.id - b.id);
}

/** Ids on the way from the root to a node: how it stands in the address. */
export function idsTo(node: FlameNode): number[] {
  const ids = [];
  for (let at: FlameNode | null = node; at && at.parent; at = at.parent) ids.push(at.id);
  return ids.reverse();
}

/** null: the root, or no such node. */
export function nodeAt(root: FlameNode, ids: readonly number[]): FlameNode | null {
  let at: FlameNode | undefined = root;
  for (const id of ids) at = at?.children.find((child) => child.id === id);
  return at === root ? null : at ?? null;
}

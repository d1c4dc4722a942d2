/** The path by kind, ready to be put in words. */
import type { PathInput } from './path-input.js';
import type { HotFunction } from './hot-function.js';
import { hotFunction } from './hot-function.js';
import { threadName } from './locks.js';
import type { LedgerEntry, LedgerKind, PathSegment, Pressure, Usual } from './profile.js';
import { countText, nameText } from './quantities.js';
import type { Stacks } from './stacks.js';

export interface VerdictInput {
  /** How the request is called: `GET /report`. */
  label: string;
  input: PathInput;
  path: readonly PathSegment[];
  ledger: readonly LedgerEntry[];
  /** What is usual for the endpoint. */
  usual?: Pick<Usual, 'durationNs' | 'ledger'> | null;
  /** Samples: where threads were on CPU. */
  stacks?: Stacks;
  pressure?: Pressure;
}

/** All of the path that is of one kind. */
export interface Part {
  kind: LedgerKind;
  ns: number;
  share: number;
  /** Largest first. */
  entries: readonly LedgerEntry[];
  segments: readonly PathSegment[];
}

/** Largest first. */
export function partsOf(path: readonly PathSegment[], ledger: readonly LedgerEntry[]): Part[] {
  const kinds = [...new Set(ledger.map((entry) => entry.kind))];
  const parts = kinds.map((kind): Part => {
    const entries = ledger.filter((entry) => entry.kind === kind);
    const sum = (of: 'ns' | 'share'): number => entries.reduce((total, entry) => total + entry[of], 0);
    return { kind, ns: sum('ns'), share: sum('share'), entries, segments: path.filter((segment) => segment.kind === kind) };
  });
  return parts.sort((a, b) => b.ns - a.ns);
}

export function summed<T extends { ns: number }, K>(all: readonly T[], keyOf: (one: T) => K): [K, number][] {
  const sums = new Map<K, number>();
  for (const one of all) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.ns);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

export function lengthOf(segments: readonly PathSegment[]): number {
  return segments.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
}

/** The thread that most of it is about. */
export function threadOf(segments: readonly PathSegment[], input: PathInput): number {
  return summed(segments.map((one) => ({ ns: one.endNs - one.startNs, tid: one.tid })), (one) => one.tid)[0]?.[0] ?? input.responseTid;
}

export function threadText(tid: number, input: PathInput): string {
  const thread = input.threads.find((one) => one.tid === tid);
  return nameText(thread ? threadName(thread) : String(tid));
}

export function entryText(entry: LedgerEntry | undefined): string {
  return nameText(entry?.object ?? '');
}

export function othersText(entries: readonly unknown[], noun: string): string {
  return entries.length > 1 ? countText(entries.length - 1, noun) : '';
}

/** Values `function` and `amount` of where the samples of these segments were. */
export function functionValues(stacks: Stacks | undefined, segments: readonly PathSegment[]): { function?: string; amount?: string; hot?: HotFunction } {
  const hot = hotFunction(stacks, segments);
  if (!hot) return {};
  return { function: nameText(hot.name), amount: hot.share >= 0.9 ? 'all of it' : hot.share >= 0.5 ? 'mostly' : 'most often', hot };
}

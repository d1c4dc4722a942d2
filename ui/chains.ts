/** Requests that were one incident: each made while the one before it was in work, by the service that answered that one. */
import type { RequestSummary } from '../src/server/api.js';

/** From the outermost request to the innermost. */
export type Chain = RequestSummary[];

/** Clocks of two system calls in two processes. */
const SLACK_NS = 2_000_000n;

const startOf = (row: RequestSummary): bigint => BigInt(row.start);
const endOf = (row: RequestSummary): bigint => startOf(row) + BigInt(Math.round(row.durationNs));

function isWithin(inner: RequestSummary, outer: RequestSummary): boolean {
  return startOf(inner) >= startOf(outer) - SLACK_NS && endOf(inner) <= endOf(outer) + SLACK_NS;
}

/** Who asked: at the server's end the peer, at the client's the traced process itself. */
const callerOf = (row: RequestSummary): string => (row.role === 'server' ? row.peerService : row.service);

/** The one seen at the other end of the same exchange, or one that the service of `outer` asked while it answered. */
function isBelow(inner: RequestSummary, outer: RequestSummary): boolean {
  if (inner === outer || !isWithin(inner, outer)) return false;
  if (outer.role === 'client') return inner.role === 'server' && inner.client === outer.client && inner.server === outer.server;
  return callerOf(inner) === outer.service;
}

/**
 * What each request was made for: the narrowest request around it, of several in work at once the most likely. A proxy
 * passes a request on once: of two alike at the same time, each gets its own.
 */
function outersOf(rows: readonly RequestSummary[]): Map<RequestSummary, RequestSummary> {
  const pairs: Array<{ inner: RequestSummary; outer: RequestSummary; gapNs: number }> = [];
  for (const inner of rows) {
    for (const outer of rows) if (isBelow(inner, outer) && !isBelow(outer, inner)) pairs.push({ inner, outer, gapNs: outer.durationNs - inner.durationNs });
  }
  pairs.sort((a, b) => a.gapNs - b.gapNs);
  const found = new Map<RequestSummary, RequestSummary>();
  const passedOn = new Set<RequestSummary>();
  for (const { inner, outer } of pairs) {
    const alike = inner.protocol === outer.protocol && inner.resource === outer.resource;
    if (found.has(inner) || (alike && passedOn.has(outer))) continue;
    found.set(inner, outer);
    if (alike) passedOn.add(outer);
  }
  return found;
}

/** In the order of their outermost requests' first mention. Each row is in one chain. */
export function chainsOf(rows: readonly RequestSummary[]): Chain[] {
  const outer = outersOf(rows);
  const chains = new Map<RequestSummary, Chain>();
  const depths = new Map<RequestSummary, number>();
  for (const row of rows) {
    let root = row;
    const seen = new Set<RequestSummary>([row]);
    for (let next = outer.get(root) ?? null; next !== null && !seen.has(next); next = outer.get(root) ?? null) {
      seen.add(next);
      root = next;
    }
    depths.set(row, seen.size);
    const chain = chains.get(root);
    if (chain) chain.push(row);
    else chains.set(root, [row]);
  }
  return [...chains.values()].map((chain) => chain.sort((a, b) => depths.get(a)! - depths.get(b)! || a.durationNs - b.durationNs));
}

/** Who was involved, outermost first: `nginx`, `shop`, `postgres`. */
export function servicesOf(chain: Chain): string[] {
  const names: string[] = [];
  for (const row of chain) {
    for (const name of row.role === 'client' ? [row.service, row.peerService] : [row.service]) if (names[names.length - 1] !== name && name !== '') names.push(name);
  }
  return [...new Set(names)];
}

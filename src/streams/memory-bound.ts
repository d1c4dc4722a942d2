/**
 * What all connections together may hold. Each has bounds of its own, but a flood of connections that each come close to
 * them (long pipelines that nobody answers, heads that never end) would take the machine's memory. Beyond the bound the
 * heaviest ones forget what they wait for.
 */
export interface Holder {
  /** Requests that wait for their response. */
  pending(): number;
  /** Bytes of unfinished messages. */
  heldBytes(): number;
}

/** An exchange with its strings and a payload prefix, as measured. */
const PENDING_BYTES = 600;
/** Parser and buffers of a connection that is in the middle of something. */
const UNFINISHED_BYTES = 2_000;

/** The heaviest of `holders`, heaviest first, without which the others hold at most half of `maxBytes`; none while all hold less than that. */
export function heaviest<T extends Holder>(holders: Iterable<T>, maxBytes: number): T[] {
  const heavy: Array<{ holder: T; bytes: number }> = [];
  let sum = 0;
  for (const holder of holders) {
    const bytes = holder.pending() * PENDING_BYTES + holder.heldBytes();
    if (bytes === 0) continue;
    sum += bytes + UNFINISHED_BYTES;
    heavy.push({ holder, bytes: bytes + UNFINISHED_BYTES });
  }
  if (sum <= maxBytes) return [];
  heavy.sort((a, b) => b.bytes - a.bytes);
  const chosen: T[] = [];
  for (const { holder, bytes } of heavy) {
    if (sum <= maxBytes / 2) break;
    sum -= bytes;
    chosen.push(holder);
  }
  return chosen;
}

/** Interleaving: every variant once per round, in an order that rotates, so that a disturbance or drift meets all alike. */
export async function interleave<V>(variants: readonly V[], rounds: number, run: (variant: V, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < variants.length; place++) await run(variants[(round + place) % variants.length], round);
  }
}

/** Since when there are data, as the last answer said: it may be less than what was asked for. */
import { useEffect, useSyncExternalStore } from 'react';
import type { TimeRange } from '../../src/server/api.js';

let sinceMs: number | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A whole step of the roll-ups, which answers are rounded to, is no news. */
const NOTABLE_MS = 10_000;

/** @param answer the range an answer is about */
export function useNoteObserved(asked: TimeRange, answer: TimeRange | undefined): void {
  const from = answer && answer.from - asked.from > NOTABLE_MS && answer.from < asked.to ? answer.from : null;
  useEffect(() => {
    if (!answer || sinceMs === from) return;
    sinceMs = from;
    for (const listener of listeners) listener();
  }, [answer, from]);
}

/** Unix ms; null when the whole range was observed. */
export function useObservedSince(): number | null {
  return useSyncExternalStore(subscribe, () => sinceMs);
}

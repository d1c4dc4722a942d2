/** The one live stream of this tab: rows wait here until they are asked for, so that nothing moves by itself. */
import { useEffect, useState } from 'react';
import type { LiveTick, RequestSummary } from '../../src/server/api.js';

export const WAITING_ROWS = 1_000;

export interface Live {
  tick: LiveTick | null;
  connected: boolean;
  /** It was, or was tried, and broke off; it is tried again by itself. */
  lost: boolean;
  /** Rows that came since they were last taken; beyond the bound only counted. */
  waiting: number;
  take(): RequestSummary[];
}

const RETRY_MS = 3_000;

const SILENT: Live = { tick: null, connected: false, lost: false, waiting: 0, take: () => [] };

/** Hidden tabs close theirs: browsers allow six connections to one host. */
function useVisible(): boolean {
  const [isVisible, set] = useState(!document.hidden);
  useEffect(() => {
    const update = (): void => set(!document.hidden);
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return isVisible;
}

export function useLive(filter: string): Live {
  const isVisible = useVisible();
  const [live, setLive] = useState<Live>(SILENT);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!isVisible) return;
    let rows: RequestSummary[] = [];
    let count = 0;
    const take = (): RequestSummary[] => {
      const taken = rows;
      rows = [];
      count = 0;
      setLive((state) => ({ ...state, waiting: 0 }));
      return taken;
    };
    const source = new EventSource(`/api/live?filter=${encodeURIComponent(filter)}`);
    let again: ReturnType<typeof setTimeout> | undefined;
    // The last rate stays on screen while another filter's stream opens.
    setLive((state) => ({ ...state, connected: false, waiting: 0, take }));
    source.onopen = () => setLive((state) => ({ ...state, connected: true, lost: false }));
    source.onerror = () => {
      setLive((state) => ({ ...state, connected: false, lost: true }));
      // After an answer that is no stream the browser gives up; otherwise it tries again itself.
      if (source.readyState === EventSource.CLOSED) again = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    };
    source.addEventListener('requests', (event: MessageEvent<string>) => {
      const arrived = JSON.parse(event.data) as RequestSummary[];
      count += arrived.length;
      rows = rows.concat(arrived).slice(-WAITING_ROWS);
      setLive((state) => ({ ...state, waiting: count }));
    });
    source.addEventListener('tick', (event: MessageEvent<string>) => {
      const tick = JSON.parse(event.data) as LiveTick;
      count += tick.dropped ?? 0;
      setLive((state) => ({ ...state, tick, connected: true, lost: false, waiting: count }));
    });
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [filter, isVisible, attempt]);
  return live;
}

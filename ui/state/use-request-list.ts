/** The rows of the explorer: pages as they are asked for, and live ones when they are let in. Nothing moves by itself. */
import { useEffect, useRef, useState } from 'react';
import type { ApiError, RequestList, RequestSummary, TimeRange } from '../../src/server/api.js';
import { ApiFailure, apiUrl, getJson } from './api.js';
import { isReturn } from './location.js';
import { noteRequests } from './seen-values.js';

export const PAGE_ROWS = 200;
/** More than anyone reads; keeps the memory of a page left open for days bounded. */
const MOST_ROWS = 20_000;

export interface RequestRows {
  rows: RequestSummary[];
  /** The newest answer without its rows. */
  list: RequestList | null;
  error: ApiError | null;
  loading: boolean;
  more(): void;
  prepend(rows: RequestSummary[]): void;
  reload(): void;
}

interface State { key: string; rows: RequestSummary[]; list: RequestList | null; error: ApiError | null; loading: boolean }
const RETRY_MS = 3_000;
const EMPTY: State = { key: '', rows: [], list: null, error: null, loading: true };

/** What the list shows when it is come back to (Back from a request). */
const lists = new Map<string, State>();

function withoutKnown(rows: RequestSummary[], known: readonly RequestSummary[]): RequestSummary[] {
  const ids = new Set(known.map((row) => row.id));
  return rows.filter((row) => !ids.has(row.id));
}

/** @param key changes when the list is another one; `range` alone moving does not reload it */
export function useRequestList(key: string, range: TimeRange, filter: string, sort: string, pageRows = PAGE_ROWS): RequestRows {
  const [state, setState] = useState<State>(() => (isReturn() && lists.get(key)) || { ...EMPTY, key });
  const [round, setRound] = useState(0);
  const busy = useRef(false);
  const asked = useRef(range);

  useEffect(() => {
    const kept = lists.get(key);
    lists.delete(key);
    if (kept && isReturn()) { setState(kept); return; }
    setState((previous) => ({ ...previous, loading: true }));
    asked.current = range;
    let again: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    getJson<RequestList>(apiUrl('/api/requests', { ...range, filter, sort, limit: pageRows }), abort.signal).then(
      (list) => { noteRequests(list.rows); setState({ key, rows: list.rows, list, error: null, loading: false }); },
      (cause) => {
        if (abort.signal.aborted) return;
        const error = toError(cause);
        const gone = error.code === 'unreachable';
        // What was read stays while the agent is away.
        setState((now) => (gone && now.key === key ? { ...now, error, loading: false } : { key, rows: [], list: null, error, loading: false }));
        if (gone) again = setTimeout(() => setRound((value) => value + 1), RETRY_MS);
      },
    );
    return () => {
      clearTimeout(again);
      abort.abort();
    };
  }, [key, round]);
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => () => {
    if (latest.current.list && latest.current.key === key) lists.set(key, latest.current);
    if (lists.size > 8) lists.delete(lists.keys().next().value!);
  }, [key]);

  const more = (): void => {
    const cursor = state.list?.nextCursor;
    if (!cursor || busy.current || state.key !== key || state.rows.length >= MOST_ROWS) return;
    busy.current = true;
    getJson<RequestList>(apiUrl('/api/requests', { ...asked.current, filter, sort, limit: pageRows, cursor })).then(
      (list) => setState((now) => (now.key === key ? { ...now, rows: now.rows.concat(withoutKnown(list.rows, now.rows)), list: { ...now.list!, nextCursor: list.nextCursor } } : now)),
      (cause) => setState((now) => ({ ...now, error: toError(cause) })),
    ).finally(() => { busy.current = false; });
  };
  const prepend = (rows: RequestSummary[]): void => {
    noteRequests(rows);
    setState((now) => ({ ...now, rows: withoutKnown(rows, now.rows).reverse().concat(now.rows).slice(0, MOST_ROWS) }));
  };
  return { ...state, more, prepend, reload: () => setRound((value) => value + 1) };
}

function toError(cause: unknown): ApiError {
  return cause instanceof ApiFailure ? cause.error : { code: 'page', message: String(cause), hint: 'Reload the page.' };
}

/** The flight recorder: its state, looked at every two seconds, and changed. */
import { useCallback, useEffect, useState } from 'react';
import type { ApiError, ProfilingChange, ProfilingState } from '../../src/server/api.js';
import { ApiFailure, postJson, useApi } from './api.js';

const REFRESH_MS = 2_000;

export interface Profiling {
  state: ProfilingState | null;
  error: ApiError | null;
  /** A change is on its way; loading the kernel programs takes a moment. */
  busy: boolean;
  change(change: ProfilingChange): void;
}

export function useProfiling(): Profiling {
  const [beat, setBeat] = useState(0);
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState<ProfilingState | null>(null);
  const [refused, setRefused] = useState<ApiError | null>(null);
  const { data, error } = useApi<ProfilingState>(`/api/profiling?beat=${beat}`, 'profiling');
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) setBeat((value) => (value + 1) % 2); }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  // What a look says is newer than what a change said.
  useEffect(() => setChanged(null), [data]);
  const change = useCallback((wanted: ProfilingChange): void => {
    setBusy(true);
    setRefused(null);
    postJson<ProfilingState>('/api/profiling', wanted).then(setChanged, (cause) => {
      setRefused(cause instanceof ApiFailure ? cause.error : { code: 'unreachable', message: 'The agent does not answer.', hint: '' });
    }).finally(() => setBusy(false));
  }, []);
  return { state: changed ?? data, error: refused ?? error, busy, change };
}

import { useEffect, useMemo, useState } from 'react';
import type { Profile, RequestSummary } from '../../src/server/api.js';
import { startMs } from '../format.js';
import { useApi, type Answer } from '../state/api.js';
import { completed } from './completed.js';

/** A profile is made right after its request: until then it is asked for again. */
const YOUNG_MS = 5_000;
const AGAIN_MS = 700;
const ATTEMPTS = 6;
/** While names are looked up; large programs take a while. */
const PENDING_MS = 1_500;
const PENDING_ATTEMPTS = 80;

/** @param request its row, once it is known */
export function useProfile(id: string, request?: RequestSummary): Answer<Profile> {
  const [attempt, setAttempt] = useState(0);
  const answer = useApi<Profile>(`/api/requests/${encodeURIComponent(id)}/profile${attempt > 0 ? `?attempt=${attempt}` : ''}`, `profile ${id}`);
  const data = useMemo(() => completed(answer.data), [answer.data]);
  const isYoung = request !== undefined && Date.now() - startMs(request.start) - request.durationNs / 1e6 < YOUNG_MS;
  const isAwaited = answer.error?.code === 'profile_not_found' && attempt < ATTEMPTS && (isYoung || attempt > 0);
  const isPending = data?.stacks.pending === true && attempt < PENDING_ATTEMPTS;
  useEffect(() => {
    if (!isAwaited && !isPending) return;
    const timer = setTimeout(() => setAttempt(attempt + 1), isPending ? PENDING_MS : AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isAwaited, isPending, attempt]);
  return isAwaited ? { data, error: null, loading: true } : { ...answer, data };
}

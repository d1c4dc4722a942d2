import { useEffect, useState } from 'react';
import type { Profile, RequestSummary } from '../../src/server/api.js';
import { startMs } from '../format.js';
import { useApi, type Answer } from '../state/api.js';

/** A profile is made right after its request: until then it is asked for again. */
const YOUNG_MS = 5_000;
const AGAIN_MS = 700;
const ATTEMPTS = 6;

export function useProfile(request: RequestSummary | undefined): Answer<Profile> {
  const [attempt, setAttempt] = useState(0);
  const url = request ? `/api/requests/${encodeURIComponent(request.id)}/profile${attempt > 0 ? `?attempt=${attempt}` : ''}` : null;
  const answer = useApi<Profile>(url, `profile ${request?.id ?? ''}`);
  const isYoung = request !== undefined && Date.now() - startMs(request.start) - request.durationNs / 1e6 < YOUNG_MS;
  const isAwaited = answer.error?.code === 'profile_not_found' && attempt < ATTEMPTS && (isYoung || attempt > 0);
  useEffect(() => {
    if (!isAwaited) return;
    const timer = setTimeout(() => setAttempt(attempt + 1), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isAwaited, attempt]);
  return isAwaited ? { ...answer, error: null, loading: true } : answer;
}

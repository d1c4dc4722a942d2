/** Reading the API: the last answer stays on screen until the next is here. */
import { useEffect, useRef, useState } from 'react';
import type { ApiError } from '../../src/server/api.js';

export class ApiFailure extends Error {
  constructor(readonly error: ApiError) {
    super(error.message);
  }
}

const REMEMBERED = 40;
const memory = new Map<string, unknown>();

function remember(url: string, value: unknown): void {
  memory.delete(url);
  memory.set(url, value);
  if (memory.size > REMEMBERED) memory.delete(memory.keys().next().value!);
}

/** While the agent does not answer. */
const RETRY_MS = 3_000;

const OFFLINE: ApiError = {
  code: 'unreachable', message: 'The agent does not answer.', hint: 'Is it still running? The page goes on by itself once it is back.',
};

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiFailure(OFFLINE);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiFailure(body?.code ? body : { ...OFFLINE, code: 'bad_answer', message: `The agent answered ${response.status}.` });
  remember(url, body);
  return body as T;
}

/** A change. The header tells the agent that it comes from its own page: no other site can send it. */
export async function postJson<T>(url: string, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-kindling': '1' }, body: JSON.stringify(body) });
  } catch {
    throw new ApiFailure(OFFLINE);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiFailure(answer?.code ? answer : { ...OFFLINE, code: 'bad_answer', message: `The agent answered ${response.status}.` });
  return answer as T;
}

export function apiUrl(path: string, params: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== null && value !== undefined && value !== '') query.set(key, String(value));
  return `${path}?${query}`;
}

export interface Answer<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
}

/**
 * @param url null asks nothing
 * @param subject when it changes the old answer goes (another page); while it stays, the old one is shown until the new is here
 */
export function useApi<T>(url: string | null, subject = ''): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { subject: string }>(() => start<T>(url, subject));
  const latest = useRef(subject);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (url === null) return;
    const fresh = latest.current !== subject;
    latest.current = subject;
    setAnswer((previous) => (fresh ? start<T>(url, subject) : { ...previous, loading: true }));
    const abort = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    getJson<T>(url, abort.signal).then(
      (data) => setAnswer({ data, error: null, loading: false, subject }),
      (cause) => {
        if (abort.signal.aborted) return;
        const error = cause instanceof ApiFailure ? cause.error : OFFLINE;
        if (error.code === OFFLINE.code) again = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
        setAnswer((previous) => ({ data: previous.subject === subject ? previous.data : null, error, loading: false, subject }));
      },
    );
    return () => {
      clearTimeout(again);
      abort.abort();
    };
  }, [url, subject, attempt]);
  return answer.subject === subject ? answer : start<T>(url, subject);
}

function start<T>(url: string | null, subject: string): Answer<T> & { subject: string } {
  const data = url === null ? null : ((memory.get(url) as T | undefined) ?? null);
  return { data, error: null, loading: url !== null, subject };
}

import './profiling.css';
import { useState } from 'react';
import { formatCount } from '../format.js';
import { useProfiling } from '../state/use-profiling.js';
import { visible } from '../wire-text.js';

export interface Like { service: string; endpoint: string; operation?: string }

const COUNTS = [1, 5, 20, 100];

/** "Profile the next N requests like this", whatever they will take; and how many of them have come. */
export function ProfileNext({ like, what = 'requests like this' }: { like: Like; what?: string }) {
  const profiling = useProfiling();
  const [count, setCount] = useState(5);
  const { state, busy, error } = profiling;
  if (!state) return null;
  const waiting = state.asks.filter((ask) => ask.service === like.service && ask.endpoint === like.endpoint && (ask.operation === '' || ask.operation === (like.operation ?? '')));
  const left = waiting.reduce((sum, ask) => sum + ask.remaining, 0);
  if (!state.on && state.unavailable !== '') return <span className="muted" title={visible(state.unavailable, 600)}>profiling is not available here</span>;
  const ask = (): void => profiling.change({ ...(state.on ? {} : { on: true }), ask: { ...like, count } });
  return (
    <span className="profile-next">
      <button type="button" disabled={busy} onClick={ask} title={state.on ? 'However fast they are' : 'Turns profiling on, too'}>Profile the next</button>
      <select value={count} aria-label="How many" onChange={(event) => setCount(Number(event.target.value))}>{COUNTS.map((one) => <option key={one}>{one}</option>)}</select>
      <span className="muted">{what}{left > 0 && `: ${formatCount(left)} still to come`}</span>
      {error && error.code !== 'unreachable' && <span className="error" role="alert" title={visible(error.hint, 300)}>{visible(error.message, 200)}</span>}
    </span>
  );
}

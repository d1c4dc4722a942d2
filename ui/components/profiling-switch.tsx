import './profiling.css';
import type { ProfilingState } from '../../src/server/api.js';
import { formatBytes, formatCores, formatCount } from '../format.js';
import { useProfiling, type Profiling } from '../state/use-profiling.js';
import { visible } from '../wire-text.js';

/** One line: whether every thread is recorded, what that costs, and the switch. */
export function ProfilingLine() {
  const profiling = useProfiling();
  const { state } = profiling;
  if (!state) return profiling.error && profiling.error.code !== 'unreachable' && profiling.error.code !== 'profiling_off' ? <p className="profiling muted">{profiling.error.message} {profiling.error.hint}</p> : null;
  return (
    <div className="profiling">
      <Switch profiling={profiling} state={state} />
      <span className="muted">{describe(state)}</span>
      <Asks state={state} />
      {profiling.error && <span className="error" role="alert">{visible(profiling.error.message, 300)} {visible(profiling.error.hint, 300)}</span>}
    </div>
  );
}

function Switch({ profiling: { busy, change }, state }: { profiling: Profiling; state: ProfilingState }) {
  const isStarting = state.starting || (busy && !state.on);
  return (
    <span className="switch" role="group" aria-label="Profiling">
      <span className="muted">Profiling</span>
      <button type="button" aria-pressed={state.on} disabled={busy || (!state.on && state.unavailable !== '')} onClick={() => change({ on: true })}>{isStarting ? 'starting' : 'on'}</button>
      <button type="button" aria-pressed={!state.on && !isStarting} disabled={busy} onClick={() => change({ on: false })}>off</button>
    </span>
  );
}

function describe(state: ProfilingState): string {
  const kept = `${formatCount(state.profiles.count)} profiles kept, ${formatBytes(state.profiles.bytes)}`;
  if (!state.on && state.ended !== '') return `${visible(state.ended, 400)} ${kept}.`;
  if (!state.on) return `${state.unavailable === '' ? `Off: nothing is attached. On, it would hold ${formatBytes(state.memoryBytes)} of memory.` : visible(state.unavailable, 400)} ${kept}.`;
  const cost = state.kernelCores === null ? 'its CPU time in the kernel is not accounted' : `${formatCores(state.kernelCores)} in the kernel`;
  const over = state.counts.passedOver === 0 ? '' : ` ${formatCount(state.counts.passedOver)} requests deserved one and got none: their endpoint, the moment or the hour had its share.`;
  const unwritten = state.counts.unwrittenReason === '' ? '' : ` Profiles cannot be written now (${visible(state.counts.unwrittenReason, 200)}): only the last few can be opened.`;
  return `Slow and failed requests get a profile. ${formatBytes(state.memoryBytes)} of memory, ${cost}; ${kept}.${over}${unwritten}`;
}

export function Asks({ state }: { state: ProfilingState }) {
  if (state.asks.length === 0) return null;
  return <span>{state.asks.map((ask, i) => <span key={i} className="ask">waiting for {formatCount(ask.remaining)} of {formatCount(ask.count)} <bdi className="mono">{visible(`${ask.operation} ${ask.endpoint}`.trim(), 60)}</bdi> at <bdi>{visible(ask.service, 30)}</bdi></span>)}</span>;
}

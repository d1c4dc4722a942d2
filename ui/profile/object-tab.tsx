import { useMemo } from 'react';
import type { Operation, Profile } from '../../src/server/api.js';
import { Empty } from '../components/empty.js';
import { formatBytes, formatCount, formatDuration } from '../format.js';
import { hrefHere, setParams, usePlace } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { durationOf, objectSums, type ObjectSum } from './objects.js';
import { resultText } from './results.js';
import { sliceParams } from './selection.js';
import { CallLink } from './slice-details.js';

const SHOWN = 12;

/** Files, or peers: how often, how much, how long; each opens to its single operations. */
export function ObjectTab({ profile, kind }: { profile: Profile; kind: Operation['kind'] }) {
  const { params } = usePlace();
  const sums = useMemo(() => objectSums(profile, kind), [profile, kind]);
  const word = kind === 'file' ? 'file' : 'peer';
  if (sums.length === 0) return <Empty title={kind === 'file' ? 'No slow file operation in this time.' : 'Nothing was asked of others, and no wait on a socket was noted.'}>Only calls that blocked for a while are noted; what came out of the cache at once is not here.</Empty>;
  return (
    <table className="objects">
      <thead><tr><th>{word}</th><th className="number">{kind === 'file' ? 'operations' : 'waits'}</th>{kind === 'network' && <th className="number">calls</th>}<th className="number">bytes</th><th className="number">time</th><th className="number">slowest</th><th>how</th></tr></thead>
      {sums.map((sum) => <ObjectRows key={sum.object} profile={profile} kind={kind} sum={sum} open={params.get('object') === sum.object || sums.length === 1} />)}
    </table>
  );
}

function ObjectRows({ profile, kind, sum, open }: { profile: Profile; kind: Operation['kind']; sum: ObjectSum; open: boolean }) {
  const span = kind === 'network' ? 7 : 6;
  return (
    <tbody>
      <tr>
        <td className="cut"><button type="button" className="as-link cut" aria-expanded={open} title={visible(sum.object, 1_000)} onClick={() => setParams({ object: open ? null : sum.object }, true)}>{open ? '▾' : '▸'} {sum.name !== '' && <><bdi>{visible(sum.name, 60)}</bdi> </>}<bdi className="mono">{visible(sum.object, 160) || '(unknown)'}</bdi></button></td>
        <td className="number">{formatCount(sum.count)}{sum.failed > 0 && <span className="error">, {formatCount(sum.failed)} failed</span>}</td>
        {kind === 'network' && <td className="number">{formatCount(sum.calls.length)}</td>}
        <td className="number">{sum.bytes > 0 ? formatBytes(sum.bytes) : '–'}</td>
        <td className="number">{sum.count > 0 ? formatDuration(sum.ns) : '–'}</td>
        <td className="number">{sum.slowest ? <SliceLink profile={profile} at={sum.slowest}>{formatDuration(durationOf(sum.slowest))}</SliceLink> : sum.calls[0] ? formatDuration(durationOf(sum.calls[0])) : '–'}</td>
        <td className="cut muted mono">{visible(sum.syscalls.join(', '), 80)}</td>
      </tr>
      {open && sum.calls.slice(0, SHOWN).map((call) => (
        <tr key={call.id} className="inner"><td colSpan={span}><a className="link" href={hrefHere({ call: call.id, slice: null, sel: null })}>{offsetText(call.startNs - profile.requestStartNs)}</a> <CallLink call={call} /></td></tr>
      ))}
      {open && sum.operations.slice(0, SHOWN).map((operation, i) => (
        <tr key={i} className="inner"><td colSpan={span}>
          <SliceLink profile={profile} at={operation}>{offsetText(operation.startNs - profile.requestStartNs)}</SliceLink> <span className="mono">{visible(operation.syscall, 30)}</span> {formatDuration(durationOf(operation))}
          {operation.result !== null && <span className={operation.result < 0 ? 'error' : 'muted'}> {resultText(operation.syscall, operation.result)}</span>} <span className="muted"><bdi>{visible(profile.threads.find((one) => one.tid === operation.tid)?.name ?? '', 24)}</bdi> {operation.tid}</span>
        </td></tr>
      ))}
      {open && sum.operations.length > SHOWN && <tr className="inner"><td colSpan={span} className="muted">the {SHOWN} slowest of {formatCount(sum.operations.length)}</td></tr>}
    </tbody>
  );
}

/** To what the thread did in the middle of it: its ends may lie in the neighbours. */
function SliceLink({ profile, at, children }: { profile: Profile; at: Operation; children: string }) {
  const params = sliceParams(profile, at.tid, (at.startNs + at.endNs) / 2);
  return params ? <a className="link" href={hrefHere({ ...params, sel: null, call: null })} title="Show this slice">{children}</a> : <>{children}</>;
}

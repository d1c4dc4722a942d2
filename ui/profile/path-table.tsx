import { memo, type ReactNode, useMemo } from 'react';
import type { LedgerKind, PathSegment, Profile } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { hrefHere, setParams, usePlace } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { cssBackground, ledgerLook } from './kinds.js';
import { pathSums } from './path-sums.js';
import { CallLink } from './slice-details.js';
import { sliceParams } from './selection.js';

/** A path of more pieces is summed up at first. */
const SHORT = 30;
const MOST_PIECES = 1_000;
const LEAST_SHARE = 0.005;

/** The critical path in words: what the request was waiting for, summed up or piece by piece. */
export const PathTable = memo(function PathTable({ profile }: { profile: Profile }) {
  const asked = usePlace().params.get('path');
  const { path } = profile;
  if (path.length === 0) return <p className="muted">There is no path: nothing of it was recorded.</p>;
  const summed = asked === 'summed' || (asked !== 'pieces' && path.length > SHORT);
  return (
    <section aria-label="Critical path">
      <div className="tl-tools">
        <h2>What it waited for</h2>
        <span className="switch" role="group" aria-label="How">
          <button type="button" aria-pressed={summed} onClick={() => setParams({ path: 'summed' }, true)}>summed up</button>
          <button type="button" aria-pressed={!summed} onClick={() => setParams({ path: 'pieces' }, true)}>piece by piece</button>
        </span>
        {summed && <span className="muted">{formatCount(path.length)} pieces; what a traced peer did in its part stands below it</span>}
        {!summed && path.length > MOST_PIECES && <span className="muted">the first {formatCount(MOST_PIECES)} of {formatCount(path.length)} pieces</span>}
      </div>
      {summed ? <Summed profile={profile} /> : <Pieces profile={profile} />}
    </section>
  );
});

function Summed({ profile }: { profile: Profile }) {
  const whole = profile.requestEndNs - profile.requestStartNs;
  const sums = useMemo(() => pathSums(profile.path, whole * LEAST_SHARE), [profile]);
  return (
    <Table head={<><th className="number">took</th><th className="number">share</th><th className="number">times</th></>} calls={sums.some(({ call }) => call !== null)}>
      {sums.map(({ tid, kind, object, others, ns, count, longest, call, depth }) => (
        <tr key={`${depth} ${tid} ${kind} ${object} ${longest.startNs}`}>
          <td className="number">{formatDuration(ns)}</td>
          <td className="number">{formatShare(ns / Math.max(1, whole))}</td>
          <td className="number"><At profile={profile} segment={longest} title="Show the longest">{formatCount(count)}</At></td>
          <Words profile={profile} tid={tid} kind={kind} object={others > 0 ? `${object} and ${others} ${others === 1 ? 'other' : 'others'}` : object} depth={depth} />
          {sums.some((one) => one.call !== null) && <td className="cut">{call && <CallLink call={call} />}</td>}
        </tr>
      ))}
    </Table>
  );
}

function Pieces({ profile }: { profile: Profile }) {
  const whole = profile.requestEndNs - profile.requestStartNs;
  const pieces = useMemo(() => profile.path.slice(0, MOST_PIECES).flatMap((segment) => nested(segment, whole * LEAST_SHARE)), [profile]);
  const calls = pieces.some(({ segment }) => segment.call !== null);
  return (
    <Table head={<><th className="number">at</th><th className="number">took</th><th className="number">share</th></>} calls={calls}>
      {pieces.map(({ segment, depth }) => (
        <tr key={`${depth} ${segment.startNs} ${segment.tid}`}>
          <td className="number"><At profile={profile} segment={segment} title="Show this slice">{offsetText(segment.startNs - profile.requestStartNs)}</At></td>
          <td className="number">{formatDuration(segment.endNs - segment.startNs)}</td>
          <td className="number">{formatShare((segment.endNs - segment.startNs) / Math.max(1, whole))}</td>
          <Words profile={profile} tid={segment.tid} kind={segment.kind} object={segment.object} depth={depth} />
          {calls && <td className="cut">{segment.call && <CallLink call={segment.call} />}</td>}
        </tr>
      ))}
    </Table>
  );
}

/** A piece, and of what a traced peer did in it, what matters. */
function nested(segment: PathSegment, leastNs: number, depth = 0): Array<{ segment: PathSegment; depth: number }> {
  const inside = (segment.inside ?? []).filter(({ startNs, endNs }) => endNs - startNs >= leastNs);
  return [{ segment, depth }, ...inside.flatMap((one) => nested(one, leastNs, depth + 1))];
}

function Table({ head, calls, children }: { head: ReactNode; calls: boolean; children: ReactNode }) {
  return (
    <table className="path-table">
      <thead><tr>{head}<th>thread</th><th>was</th><th>object</th>{calls && <th>call</th>}</tr></thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function At({ profile, segment, title, children }: { profile: Profile; segment: PathSegment; title: string; children: string }) {
  const params = sliceParams(profile, segment.tid, segment.startNs);
  return params ? <a className="link" href={hrefHere({ ...params, sel: null, call: null })} title={title}>{children}</a> : <>{children}</>;
}

function Words({ profile, tid, kind, object, depth }: { profile: Profile; tid: number; kind: LedgerKind; object: string; depth: number }) {
  const look = ledgerLook(kind);
  const name = profile.threads.find((thread) => thread.tid === tid)?.name ?? '';
  return (
    <>
      <td className="cut"><span style={{ paddingLeft: Math.min(depth, 6) * 16 }}><bdi>{visible(name, 24)}</bdi> <span className="muted">{tid}</span></span></td>
      <td className="cut"><i className="swatch" style={cssBackground(look)} />{look.word}</td>
      <td className="cut mono" title={visible(object, 1_000)}><bdi>{visible(object, 160)}</bdi></td>
    </>
  );
}

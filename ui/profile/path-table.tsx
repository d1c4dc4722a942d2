import { memo, useState } from 'react';
import type { PathSegment, Profile } from '../../src/server/api.js';
import { formatDuration, formatShare } from '../format.js';
import { hrefHere } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { cssBackground, ledgerLook } from './kinds.js';
import { CallLink } from './slice-details.js';
import { sliceParams } from './selection.js';

const SHOWN = 20;
const SHOWN_INSIDE = 6;
const LEAST_INSIDE_SHARE = 0.01;

/** The critical path in words: what the request was waiting for, piece by piece, without holes. */
export const PathTable = memo(function PathTable({ profile }: { profile: Profile }) {
  const [all, setAll] = useState(false);
  if (profile.path.length === 0) return null;
  const shown = all ? profile.path : longestOf(profile.path);
  const hasCalls = shown.some(({ call }) => call !== null);
  return (
    <section aria-label="Critical path">
      <h2>What it waited for, without holes{shown.length < profile.path.length && <span className="muted">: the {shown.length} longest of {profile.path.length} pieces</span>}</h2>
      <table className="path-table">
        <thead><tr><th className="number">at</th><th className="number">took</th><th className="number">share</th><th>thread</th><th>was</th><th>object</th>{hasCalls && <th>call</th>}</tr></thead>
        <tbody>{shown.flatMap((segment) => [<PathRow key={segment.startNs} profile={profile} segment={segment} hasCalls={hasCalls} />, ...insideOf(profile, segment).map((one) => <PathRow key={`in ${one.startNs} ${one.tid}`} profile={profile} segment={one} hasCalls={hasCalls} inside />)])}</tbody>
      </table>
      {shown.length < profile.path.length && <button type="button" className="plain link" onClick={() => setAll(true)}>Show all {profile.path.length} pieces</button>}
    </section>
  );
});

function longestOf(path: readonly PathSegment[], most = SHOWN): PathSegment[] {
  const kept = new Set([...path].sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs)).slice(0, most));
  return path.filter((segment) => kept.has(segment));
}

/** Of what a traced peer did meanwhile: the pieces that matter to the whole. */
function insideOf({ requestStartNs, requestEndNs }: Profile, { inside }: PathSegment): PathSegment[] {
  const least = (requestEndNs - requestStartNs) * LEAST_INSIDE_SHARE;
  return longestOf((inside ?? []).filter(({ startNs, endNs }) => endNs - startNs >= least), SHOWN_INSIDE);
}

function PathRow({ profile, segment, hasCalls, inside = false }: { profile: Profile; segment: PathSegment; hasCalls: boolean; inside?: boolean }) {
  const { startNs, endNs, tid, kind, object, call } = segment;
  const look = ledgerLook(kind);
  const params = sliceParams(profile, tid, startNs);
  const at = offsetText(startNs - profile.requestStartNs);
  const name = profile.threads.find((thread) => thread.tid === tid)?.name ?? '';
  return (
    <tr className={inside ? 'in-peer' : ''}>
      <td className="number">{params ? <a className="link" href={hrefHere(params)} title="Show this slice">{at}</a> : at}</td>
      <td className="number">{formatDuration(endNs - startNs)}</td>
      <td className="number">{formatShare((endNs - startNs) / Math.max(1, profile.requestEndNs - profile.requestStartNs))}</td>
      <td className="cut"><bdi>{visible(name, 24)}</bdi> <span className="muted">{tid}</span></td>
      <td className="cut"><i className="swatch" style={cssBackground(look)} />{look.word}</td>
      <td className="cut mono" title={visible(object, 1_000)}><bdi>{visible(object, 160)}</bdi></td>
      {hasCalls && <td className="cut">{call && <CallLink call={call} />}</td>}
    </tr>
  );
}

import { useMemo } from 'react';
import type { Profile, SliceKind } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { cssBackground, sliceLook } from './kinds.js';
import { firstEndingAfter } from './lanes.js';
import type { RangeSelection } from './selection.js';

/** What the selected threads did in the selected time, summed up. */
export function RangeDetails({ profile, range, onZoom, onClose }: { profile: Profile; range: RangeSelection; onZoom: () => void; onClose: () => void }) {
  const sums = useMemo(() => kindSums(profile, range), [profile, range]);
  const threads = range.tids.length === 0 ? profile.threads : profile.threads.filter(({ tid }) => range.tids.includes(tid));
  const whole = sums.reduce((sum, [, ns]) => sum + ns, 0);
  return (
    <section className="slice-details" aria-label="Selected range">
      <div className="slice-head">
        <h2>{formatDuration(range.toNs - range.fromNs)} of {threads.length === 1 ? <><bdi>{visible(threads[0].name, 40)}</bdi> {threads[0].tid}</> : `${formatCount(threads.length)} threads`}</h2>
        <span className="muted">{offsetText(range.fromNs - profile.requestStartNs)} to {offsetText(range.toNs - profile.requestStartNs)}</span>
        {sums.map(([kind, ns]) => <span key={kind}><i className="swatch" style={cssBackground(sliceLook(kind))} />{sliceLook(kind).word} {formatDuration(ns)} <span className="muted">{formatShare(ns / Math.max(1, whole))}</span></span>)}
        <span className="spacer" />
        <button type="button" onClick={onZoom} title="z">Zoom to it</button>
        <button type="button" className="plain" onClick={onClose} title="Esc">Clear</button>
      </div>
    </section>
  );
}

function kindSums({ threads }: Profile, { fromNs, toNs, tids }: RangeSelection): Array<[SliceKind, number]> {
  const sums = new Map<SliceKind, number>();
  for (const { tid, slices } of threads) {
    if (tids.length > 0 && !tids.includes(tid)) continue;
    for (let i = firstEndingAfter(slices, fromNs); i < slices.length && slices[i].startNs < toNs; i++) {
      const { kind, startNs, endNs } = slices[i];
      sums.set(kind, (sums.get(kind) ?? 0) + Math.min(endNs, toNs) - Math.max(startNs, fromNs));
    }
  }
  return [...sums].sort((a, b) => b[1] - a[1]);
}

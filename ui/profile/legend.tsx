import { useMemo } from 'react';
import type { SliceKind, ThreadTimeline } from '../../src/server/api.js';
import { cssBackground, SLICE_LOOKS, sliceLook } from './kinds.js';

/** The kinds that occur, as colour and word. */
export function SliceLegend({ lanes }: { lanes: readonly ThreadTimeline[] }) {
  const kinds = useMemo(() => {
    const present = new Set<SliceKind>();
    for (const thread of lanes) for (const slice of thread.slices) present.add(slice.kind);
    return (Object.keys(SLICE_LOOKS) as SliceKind[]).filter((kind) => present.has(kind));
  }, [lanes]);
  return (
    <div className="tl-legend">
      {kinds.map((kind) => <span key={kind}><i className="swatch" style={cssBackground(sliceLook(kind))} />{sliceLook(kind).word}</span>)}
      <span><i className="swatch path-mark" />on the critical path</span>
      <span>▶ executed the request</span>
      <span>• has a part in it</span>
    </div>
  );
}

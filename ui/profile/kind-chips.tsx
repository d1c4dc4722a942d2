import { memo, useMemo } from 'react';
import type { Profile, SliceKind, ThreadTimeline } from '../../src/server/api.js';
import { setParams } from '../state/location.js';
import { cssBackground, SLICE_LOOKS, sliceLook } from './kinds.js';

interface Props { profile: Profile; lanes: readonly ThreadTimeline[]; chosen: ReadonlySet<SliceKind> }

/** The kinds that occur, as colour and word; each is a switch: those switched on are shown, the rest is not. */
export const KindChips = memo(function KindChips({ profile, lanes, chosen }: Props) {
  const kinds = useMemo(() => {
    const present = new Set<SliceKind>();
    for (const thread of lanes) for (const slice of thread.slices) present.add(slice.kind);
    return (Object.keys(SLICE_LOOKS) as SliceKind[]).filter((kind) => present.has(kind));
  }, [lanes]);
  const toggle = (kind: SliceKind): void => {
    const next = chosen.has(kind) ? [...chosen].filter((one) => one !== kind) : [...chosen, kind];
    setParams({ kinds: next.join(',') }, true);
  };
  return (
    <div className="tl-legend">
      {kinds.map((kind) => (
        <button key={kind} type="button" className="chip" aria-pressed={chosen.has(kind)} title={`Show only ${sliceLook(kind).word}`} onClick={() => toggle(kind)}><i className="swatch" style={cssBackground(sliceLook(kind))} />{sliceLook(kind).word}</button>
      ))}
      {chosen.size > 0 && <button type="button" className="plain chip" onClick={() => setParams({ kinds: null }, true)}>all kinds</button>}
      <span><i className="swatch path-mark" />on the critical path</span>
      <span>▶ executed the request</span>
      <span>• has a part in it</span>
      {profile.stacks.samples.length > 0 && <span><i className="sample-mark" />CPU sample</span>}
    </div>
  );
});

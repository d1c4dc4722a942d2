import { useEffect, useMemo, useRef, useState } from 'react';
import type { Profile } from '../../../src/server/api.js';
import { formatDuration } from '../../format.js';
import { setParams, usePlace } from '../../state/location.js';
import { useThemeVersion } from '../../state/theme.js';
import { AXIS_PX, LANE_PX } from '../canvas.js';
import { drawTimeline } from '../draw-timeline.js';
import { HitTip } from '../hit-tip.js';
import { lanesOf } from '../lanes.js';
import { makePalette } from '../palette.js';
import { readRowFilter, RowMatcher } from '../row-filter.js';
import { rowsOf } from '../rows.js';
import { modelOf } from '../timeline-model.js';
import { LEAST_SPAN_NS, type TimeView } from '../time-view.js';
import { useSize } from '../use-size.js';
import { useTimelineInput } from '../use-timeline-input.js';

const MOST_HEIGHT_PX = 260;
const MARGIN = 0.03;

/** Both requests from their start, on one scale: what is longer is longer on screen. Zoom is common, in ns since each request's start. */
export function PairedTimelines({ profile, other }: { profile: Profile; other: Profile }) {
  const { params } = usePlace();
  const longest = Math.max(profile.requestEndNs - profile.requestStartNs, other.requestEndNs - other.requestStartNs);
  const whole = { fromNs: -longest * MARGIN, toNs: longest * (1 + MARGIN) };
  const shown = readCommon(params.get('zoom')) ?? whole;
  const change = (next: TimeView | null): void => setParams({ zoom: next && `${Math.round(next.fromNs)}..${Math.round(next.toNs)}` }, true);
  return (
    <>
      <Lanes profile={profile} shown={shown} change={change} label={`This one, ${formatDuration(profile.requestEndNs - profile.requestStartNs)}`} />
      <Lanes profile={other} shown={shown} change={change} label={`The other, ${formatDuration(other.requestEndNs - other.requestStartNs)}`} />
    </>
  );
}

function readCommon(text: string | null): TimeView | null {
  const match = /^(-?\d{1,18})\.\.(-?\d{1,18})$/.exec(text ?? '');
  return match && Number(match[2]) > Number(match[1]) ? { fromNs: Number(match[1]), toNs: Number(match[2]) } : null;
}

const EVERYTHING = readRowFilter('', '');

function Lanes({ profile, shown, change, label }: { profile: Profile; shown: TimeView; change: (view: TimeView | null) => void; label: string }) {
  const model = useMemo(() => modelOf(profile), [profile]);
  const matcher = useMemo(() => new RowMatcher(EVERYTHING, model), [model]);
  const rows = useMemo(() => rowsOf(profile, lanesOf(profile, false), matcher, model), [profile, matcher, model]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const size = useSize(canvas);
  const theme = useThemeVersion();
  const palette = useMemo(makePalette, [theme]);
  const origin = profile.requestStartNs;
  const view = { fromNs: shown.fromNs + origin, toNs: shown.toNs + origin };
  const control = {
    view,
    change: (next: (view: TimeView) => TimeView | null): void => {
      const made = next(view);
      change(made && made.toNs - made.fromNs >= LEAST_SPAN_NS ? { fromNs: made.fromNs - origin, toNs: made.toNs - origin } : null);
    },
  };
  // Its own window is no limit here: the other request may be much longer.
  const wide = useMemo(() => ({ ...profile, windowNs: 1e15 }), [profile]);
  const nothing = { cursor: null, range: null, moveCursor: () => {}, choose: () => {}, select: (range: TimeView | null) => control.change(() => range) };
  const input = useTimelineInput({ profile: wide, model, rows, control, canvas, scrollTop, ...nothing });
  useEffect(() => {
    drawTimeline(canvas.current!, { profile, model, matcher, rows, view, scrollTop, pinned: null, cursor: null, range: null, call: '' }, palette);
  }, [profile, model, matcher, rows, view.fromNs, view.toNs, scrollTop, size, palette]);
  const hovered = input.hover && input.hit(input.hover);
  const whole = AXIS_PX + Math.max(1, rows.length) * LANE_PX;
  const height = Math.min(whole, MOST_HEIGHT_PX);
  return (
    <>
      <h2 className="compare-label">{label}</h2>
      <div className="tl-frame">
        <div className="tl-scroll" style={{ height }} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
          <div style={{ height: whole }}><canvas ref={canvas} tabIndex={0} role="application" aria-label={`${label}: timeline; plus and minus zoom, a and d pan, 0 shows all`} style={{ height }} {...input.handlers} /></div>
        </div>
        {hovered && !input.drag && <HitTip profile={profile} hit={hovered} at={input.hover!} width={size.width} />}
      </div>
    </>
  );
}

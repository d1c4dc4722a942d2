import { useEffect, useMemo, useRef, useState } from 'react';
import type { PathSegment, Profile } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { setParams, usePlace } from '../state/location.js';
import { useThemeVersion } from '../state/theme.js';
import { visible } from '../wire-text.js';
import { Brush } from './brush.js';
import { AXIS_PX, drawTimeline, LABEL_PX, LANE_PX } from './draw-timeline.js';
import { sliceLook } from './kinds.js';
import { SliceLegend } from './legend.js';
import { lanesOf, type SliceRef } from './lanes.js';
import { makePalette } from './palette.js';
import { readSlice, writeSlice } from './selection.js';
import { SliceDetails } from './slice-details.js';
import { SliceTip } from './slice-tip.js';
import { revealing } from './time-view.js';
import { useTimeView } from './use-time-view.js';
import { useTimelineInput, type Drag } from './use-timeline-input.js';

/** More lanes scroll. */
const MOST_HEIGHT_PX = 480;

export function Timeline({ profile }: { profile: Profile }) {
  const { params } = usePlace();
  const all = params.get('threads') === 'all';
  const lanes = useMemo(() => lanesOf(profile, all), [profile, all]);
  const pathByTid = useMemo(() => byTid(profile.path), [profile]);
  const pinned = useMemo(() => readSlice(params.get('slice'), profile), [profile, params.get('slice')]);
  const control = useTimeView(profile);
  const [cursor, setCursor] = useState<SliceRef | null>(pinned);
  const [scrollTop, setScrollTop] = useState(0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(canvas);
  const theme = useThemeVersion();
  const palette = useMemo(makePalette, [theme]);

  const scrollTo = (slice: SliceRef): void => {
    const top = lanes.indexOf(slice.thread) * LANE_PX;
    const room = scroller.current!.clientHeight - AXIS_PX - LANE_PX;
    if (top >= 0) scroller.current!.scrollTop = Math.max(top - room, Math.min(top, scroller.current!.scrollTop));
  };
  const moveCursor = (slice: SliceRef): void => { setCursor(slice); scrollTo(slice); };
  const pin = (slice: SliceRef | null): void => setParams({ slice: slice && writeSlice(slice.thread.tid, slice.thread.slices[slice.index].startNs) }, true);
  useEffect(() => {
    if (!pinned) return;
    moveCursor(pinned);
    const { startNs, endNs } = pinned.thread.slices[pinned.index];
    if (startNs > control.view.toNs || endNs < control.view.fromNs) control.change((view) => revealing(view, startNs, endNs, profile.windowNs));
  }, [pinned, lanes]);
  useEffect(() => {
    drawTimeline(canvas.current!, { profile, lanes, pathByTid, view: control.view, scrollTop, pinned, cursor }, palette);
  }, [profile, lanes, pathByTid, control.view, scrollTop, pinned, cursor, size, palette]);

  const input = useTimelineInput({ profile, lanes, control, canvas, scrollTop, cursor, moveCursor, pin });
  const hovered = input.hover && input.hit(input.hover);
  const whole = AXIS_PX + lanes.length * LANE_PX;
  const height = Math.min(whole, MOST_HEIGHT_PX);
  return (
    <div className="timeline">
      <TimelineTools profile={profile} all={all} shown={lanes.length} />
      <div className="tl-frame">
        <div className="tl-scroll" ref={scroller} style={{ height }} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
          <div style={{ height: whole }}>
            <canvas ref={canvas} tabIndex={0} role="application" aria-label={HELP} aria-describedby="tl-cursor" style={{ height }} {...input.handlers} />
          </div>
        </div>
        {input.drag && !input.drag.pans && <DragBox drag={input.drag} />}
        {hovered && <SliceTip profile={profile} slice={hovered} at={input.hover!} width={size.width} />}
      </div>
      <Brush profile={profile} control={control} palette={palette} />
      <SliceLegend lanes={lanes} />
      <p id="tl-cursor" className="visually-hidden" aria-live="polite">{cursor && spoken(cursor)}</p>
      {pinned && <SliceDetails profile={profile} slice={pinned} onClose={() => pin(null)} />}
    </div>
  );
}

const HELP = 'Timeline of threads. Arrow keys: next slice, next thread; plus and minus: zoom; a and d: pan; 0: all; Enter: details; Escape: close. The table below says the same.';

function spoken({ thread, index }: SliceRef): string {
  const { kind, object } = thread.slices[index];
  return `${visible(thread.name, 40)} ${thread.tid}: ${sliceLook(kind).word} ${visible(object, 200)}`;
}

function TimelineTools({ profile, all, shown }: { profile: Profile; all: boolean; shown: number }) {
  const rest = profile.threads.length - shown;
  return (
    <div className="tl-tools">
      <h2>Threads of <bdi>{visible(profile.service, 40)}</bdi> <span className="muted number">pid {profile.pid}</span></h2>
      <button type="button" aria-pressed={!all} onClick={() => setParams({ threads: null }, true)}>On the path</button>
      <button type="button" aria-pressed={all} onClick={() => setParams({ threads: 'all' }, true)}>All {formatCount(profile.threads.length)} threads</button>
      {!all && rest > 0 && <span className="muted">{formatCount(rest)} others had no part in it</span>}
      <span className="spacer" />
      <span className="muted">wheel or drag zooms, shift pans, double click shows all</span>
    </div>
  );
}

function DragBox({ drag }: { drag: Drag }) {
  const left = LABEL_PX + Math.max(0, Math.min(drag.fromX, drag.toX));
  return <div className="tl-drag" style={{ left, width: Math.abs(drag.toX - drag.fromX) }} />;
}

function byTid(path: readonly PathSegment[]): Map<number, PathSegment[]> {
  const map = new Map<number, PathSegment[]>();
  for (const segment of path) {
    const segments = map.get(segment.tid);
    if (segments) segments.push(segment);
    else map.set(segment.tid, [segment]);
  }
  return map;
}

function useSize(canvas: React.RefObject<HTMLCanvasElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}

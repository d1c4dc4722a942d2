import { useEffect, useMemo, useRef, useState } from 'react';
import type { Profile } from '../../src/server/api.js';
import { setParams, usePlace } from '../state/location.js';
import { useThemeVersion } from '../state/theme.js';
import { visible } from '../wire-text.js';
import { Brush } from './brush.js';
import { AXIS_PX, LABEL_PX, LANE_PX } from './canvas.js';
import { drawTimeline } from './draw-timeline.js';
import { sliceLook } from './kinds.js';
import { KindChips } from './kind-chips.js';
import { lanesOf, type SliceRef } from './lanes.js';
import { makePalette } from './palette.js';
import { RangeDetails } from './range-details.js';
import { readRowFilter, RowMatcher } from './row-filter.js';
import { rowsOf, threadsOf } from './rows.js';
import { writeRange, writeSlice, type RangeSelection } from './selection.js';
import { CallDetails } from './call-details.js';
import { SliceDetails } from './slice-details.js';
import { HitTip } from './hit-tip.js';
import { TimelineTools } from './timeline-tools.js';
import type { TimelineModel } from './timeline-model.js';
import { revealing } from './time-view.js';
import { useSize } from './use-size.js';
import { useTimeView } from './use-time-view.js';
import { useTimelineInput, zoomToSelected, type Drag, type Hit } from './use-timeline-input.js';

/** More rows scroll. */
const MOST_HEIGHT_PX = 480;

export function Timeline({ profile, model, pinned, range }: { profile: Profile; model: TimelineModel; pinned: SliceRef | null; range: RangeSelection | null }) {
  const { params } = usePlace();
  const all = params.get('threads') === 'all';
  const [words, kinds, call] = [params.get('show') ?? '', params.get('kinds') ?? '', params.get('call') ?? ''];
  const matcher = useMemo(() => new RowMatcher(readRowFilter(words, kinds), model), [words, kinds, model]);
  const every = useMemo(() => lanesOf(profile, all), [profile, all]);
  const rows = useMemo(() => rowsOf(profile, every, matcher, model), [profile, every, matcher, model]);
  const lanes = useMemo(() => threadsOf(rows), [rows]);
  const control = useTimeView(profile);
  const [cursor, setCursor] = useState<SliceRef | null>(pinned);
  const [scrollTop, setScrollTop] = useState(0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(canvas);
  const theme = useThemeVersion();
  const palette = useMemo(makePalette, [theme]);

  const scrollTo = (slice: SliceRef): void => {
    const top = rows.findIndex((row) => row.kind === 'thread' && row.thread === slice.thread) * LANE_PX;
    const room = scroller.current!.clientHeight - AXIS_PX - LANE_PX;
    if (top >= 0) scroller.current!.scrollTop = Math.max(top - room, Math.min(top, scroller.current!.scrollTop));
  };
  const moveCursor = (slice: SliceRef): void => { setCursor(slice); scrollTo(slice); };
  useEffect(() => {
    if (!pinned) return;
    moveCursor(pinned);
    const { startNs, endNs } = pinned.thread.slices[pinned.index];
    if (startNs > control.view.toNs || endNs < control.view.fromNs) control.change((view) => revealing(view, startNs, endNs, profile.windowNs));
  }, [pinned, rows]);
  useEffect(() => {
    drawTimeline(canvas.current!, { profile, model, matcher, rows, view: control.view, scrollTop, pinned, cursor, range, call }, palette);
  }, [profile, model, matcher, rows, control.view, scrollTop, pinned, cursor, range, call, size, palette]);

  const choose = (hit: Hit | null): void => {
    if (hit?.kind === 'slice') moveCursor(hit.slice);
    setParams(paramsOf(hit), true);
  };
  const select = (next: RangeSelection | null): void => setParams({ sel: next && writeRange(next), of: null, at: null, ...(next && hasSamples(profile, next) ? { tab: 'flame' } : {}) }, true);
  const input = useTimelineInput({ profile, model, rows, control, canvas, scrollTop, cursor, range, moveCursor, choose, select });
  const hovered = input.hover && input.hit(input.hover);
  const whole = AXIS_PX + Math.max(1, rows.length) * LANE_PX;
  const height = Math.min(whole, MOST_HEIGHT_PX);
  const chosenCall = call === '' ? undefined : profile.calls.find((one) => one.id === call);
  return (
    <div className="timeline">
      <TimelineTools profile={profile} all={all} shown={lanes.length} words={words} hidden={matcher.isEmpty ? 0 : every.length - lanes.length} />
      <div className="tl-frame">
        <div className="tl-scroll" ref={scroller} style={{ height }} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
          <div style={{ height: whole }}>
            <canvas ref={canvas} tabIndex={0} role="application" aria-label={HELP} aria-describedby="tl-cursor" style={{ height }} {...input.handlers} />
          </div>
        </div>
        {rows.length === 0 && <p className="tl-nothing muted">{profile.threads.length === 0 ? 'No thread was recorded in this window.' : 'No thread fits the filter.'}</p>}
        {input.drag && input.drag.does !== 'pan' && <DragBox drag={input.drag} />}
        {hovered && !input.drag && <HitTip profile={profile} hit={hovered} at={input.hover!} width={size.width} />}
      </div>
      <Brush profile={profile} control={control} palette={palette} />
      <KindChips profile={profile} lanes={every} chosen={matcher.filter.kinds} />
      <p id="tl-cursor" className="visually-hidden" aria-live="polite">{cursor && spoken(cursor)}</p>
      {range && <RangeDetails profile={profile} range={range} onZoom={() => zoomToSelected({ control, profile, cursor, range })} onClose={() => select(null)} />}
      {pinned && !range && <SliceDetails profile={profile} slice={pinned} onClose={() => choose(null)} />}
      {chosenCall && <CallDetails profile={profile} call={chosenCall} onClose={() => setParams({ call: null }, true)} />}
    </div>
  );
}

const HELP = 'Timeline of threads. Arrow keys: next slice, next thread; plus and minus: zoom; a and d: pan; z: zoom to the selection; 0: all; Enter: details; Escape: close. The critical path below says the same.';

/** One thing at a time is looked at. What a slice's samples say is shown at once. */
function paramsOf(hit: Hit | null): Record<string, string | null> {
  const none = { slice: null, call: null, sel: null, of: null, at: null };
  if (hit?.kind === 'call') return { ...none, call: hit.call.id };
  if (hit?.kind === 'marks') {
    const line = hit.marks.find((mark) => mark.line >= 0);
    return line ? { tab: 'logs', line: String(line.line) } : {};
  }
  if (hit?.kind !== 'slice') return none;
  const { thread, index } = hit.slice;
  const slice = thread.slices[index];
  return { ...none, slice: writeSlice(thread.tid, slice.startNs), ...(slice.kind === 'running' ? { tab: 'flame' } : {}) };
}

const hasSamples = ({ stacks }: Profile, { fromNs, toNs, tids }: RangeSelection): boolean => stacks.samples.some(({ ns, tid }) => ns >= fromNs && ns < toNs && (tids.length === 0 || tids.includes(tid)));

function spoken({ thread, index }: SliceRef): string {
  const { kind, object } = thread.slices[index];
  return `${visible(thread.name, 40)} ${thread.tid}: ${sliceLook(kind).word} ${visible(object, 200)}`;
}

function DragBox({ drag: { from, to, does } }: { drag: Drag }) {
  const left = LABEL_PX + Math.max(0, Math.min(from.x, to.x));
  const rows = does === 'select' ? { top: Math.min(from.y, to.y), height: Math.max(2, Math.abs(to.y - from.y)) } : { top: 0, bottom: 0 };
  return <div className="tl-drag" style={{ left, width: Math.abs(to.x - from.x), ...rows }} />;
}

/** Wheel, pointer and keys on the rows, as changes of view, hover and selection. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CallRef, Profile } from '../../src/server/api.js';
import { AXIS_PX, LABEL_PX, LANE_PX, plotWidth } from './canvas.js';
import { sliceNear, type SliceRef } from './lanes.js';
import { marksNear, type Mark } from './marks.js';
import { threadsOf, type Row } from './rows.js';
import { stepped, type RangeSelection } from './selection.js';
import type { TimelineModel } from './timeline-model.js';
import { nsOf, panned, revealing, zoomed } from './time-view.js';
import type { ViewControl } from './use-time-view.js';

export interface Point { x: number; y: number }
/** On the axis a drag zooms, over the rows it selects; with shift it pans. */
export interface Drag { from: Point; to: Point; does: 'zoom' | 'select' | 'pan' }
export type Hit = { kind: 'slice'; slice: SliceRef } | { kind: 'call'; call: CallRef } | { kind: 'marks'; marks: Mark[] };

export interface InputParts {
  profile: Profile;
  model: TimelineModel;
  rows: readonly Row[];
  control: ViewControl;
  canvas: RefObject<HTMLCanvasElement | null>;
  scrollTop: number;
  cursor: SliceRef | null;
  range: RangeSelection | null;
  moveCursor(to: SliceRef): void;
  /** null: nothing is meant. */
  choose(hit: Hit | null): void;
  select(range: RangeSelection | null): void;
}

const CLICK_PX = 4;
/** What is nearer than this is meant. */
const NEAR_PX = 3;
const WHEEL_STEP = 0.0016;

export function useTimelineInput(parts: InputParts) {
  const [hover, setHover] = useState<Point | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const { profile, control, canvas } = parts;
  const latest = useRef(parts);
  latest.current = parts;
  useWheel(latest);

  const pointOf = (event: React.PointerEvent | React.MouseEvent): Point => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left - LABEL_PX, y: event.clientY - box.top };
  };
  const onPointerDown = (event: React.PointerEvent): void => {
    const point = pointOf(event);
    if (event.button !== 0 || point.x < 0) return;
    canvas.current!.setPointerCapture(event.pointerId);
    setDrag({ from: point, to: point, does: event.shiftKey ? 'pan' : point.y < AXIS_PX ? 'zoom' : 'select' });
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const point = pointOf(event);
    setHover(drag ? null : point);
    if (!drag) return;
    if (drag.does === 'pan') {
      const width = plotWidth(canvas.current!);
      control.change((view) => panned(view, nsOf(view, 0, width) - nsOf(view, point.x - drag.to.x, width), profile.windowNs));
    }
    setDrag({ ...drag, to: point });
  };
  const onPointerUp = (event: React.PointerEvent): void => {
    if (!drag) return;
    setDrag(null);
    const point = pointOf(event);
    if (Math.abs(point.x - drag.from.x) < CLICK_PX) parts.choose(hitAt(parts, point));
    else finish(parts, { ...drag, to: point });
  };
  return {
    hover, drag, hit: (point: Point) => hitAt(parts, point),
    handlers: {
      onPointerDown, onPointerMove, onPointerUp,
      onPointerCancel: () => setDrag(null), onPointerLeave: () => setHover(null),
      onDoubleClick: () => control.change(() => null),
      onKeyDown: (event: React.KeyboardEvent) => onKey(event, parts),
    },
  };
}

function finish({ canvas, control, profile, rows, scrollTop, select }: InputParts, { from, to, does }: Drag): void {
  if (does === 'pan') return;
  const width = plotWidth(canvas.current!);
  const [a, b] = [from.x, to.x].map((x) => nsOf(control.view, Math.max(0, Math.min(width, x)), width)).sort((one, other) => one - other);
  if (does === 'zoom') control.change(() => zoomed({ fromNs: a, toNs: b }, 1, (a + b) / 2, profile.windowNs));
  else {
    const tids = threadsOf(rowsBetween(rows, scrollTop, from.y, to.y)).map((thread) => thread.tid);
    // Over the name of a process alone: nothing. No thread would mean all of them.
    select(tids.length > 0 ? { fromNs: a, toNs: b, tids } : null);
  }
}

/** Calls stand for the thread that made them. */
function rowsBetween(rows: readonly Row[], scrollTop: number, a: number, b: number): Row[] {
  const [first, last] = [Math.min(a, b), Math.max(a, b)].map((y) => Math.floor((Math.max(AXIS_PX, y) - AXIS_PX + scrollTop) / LANE_PX));
  const threads = new Set(rows.slice(first, last + 1).flatMap((row) => (row.kind === 'process' ? [] : [row.thread])));
  return [...threads].map((thread) => ({ kind: 'thread', thread }));
}

function hitAt({ rows, model, control: { view }, canvas, scrollTop }: InputParts, { x, y }: Point): Hit | null {
  if (x < -NEAR_PX || !canvas.current) return null;
  const width = plotWidth(canvas.current);
  if (x > width + NEAR_PX) return null;
  const ns = nsOf(view, x, width);
  const slackNs = ((view.toNs - view.fromNs) / width) * NEAR_PX;
  if (y < AXIS_PX) {
    const marks = marksNear(model.marks, ns, slackNs * 1.5);
    return marks.length > 0 ? { kind: 'marks', marks } : null;
  }
  const row = rows[Math.floor((y - AXIS_PX + scrollTop) / LANE_PX)];
  if (!row || row.kind === 'process') return null;
  if (row.kind === 'calls') {
    const call = row.calls.find(({ startNs, endNs }) => startNs - slackNs <= ns && endNs + slackNs >= ns);
    return call ? { kind: 'call', call } : null;
  }
  const index = sliceNear(row.thread.slices, ns, slackNs);
  return index < 0 ? null : { kind: 'slice', slice: { thread: row.thread, index } };
}

/** Over the slices the wheel zooms, sideways it pans; over the names it scrolls. React's own listener could not keep the page from scrolling. */
function useWheel(latest: RefObject<InputParts>): void {
  useEffect(() => {
    const element = latest.current.canvas.current!;
    const onWheel = (event: WheelEvent): void => {
      const { control, profile } = latest.current;
      const x = event.clientX - element.getBoundingClientRect().left - LABEL_PX;
      if (x < 0) return;
      event.preventDefault();
      const width = plotWidth(element);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      control.change((view) => {
        if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return panned(view, ((view.toNs - view.fromNs) * sideways * lines) / width, profile.windowNs);
        return zoomed(view, Math.exp(event.deltaY * lines * WHEEL_STEP), nsOf(view, x, width), profile.windowNs);
      });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);
}

const ZOOM_KEYS: Readonly<Record<string, number>> = { '+': 0.5, '=': 0.5, w: 0.5, '-': 2, s: 2 };
const PAN_KEYS: Readonly<Record<string, number>> = { a: -0.25, d: 0.25 };
const STEP_KEYS: Readonly<Record<string, [along: number, lanes: number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(event: React.KeyboardEvent, parts: InputParts): void {
  const { control, profile, cursor, range } = parts;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ZOOM_KEYS) control.change((view) => zoomed(view, ZOOM_KEYS[event.key], focusNs(cursor, view), profile.windowNs));
  else if (event.key in PAN_KEYS) control.change((view) => panned(view, (view.toNs - view.fromNs) * PAN_KEYS[event.key], profile.windowNs));
  else if (event.key in STEP_KEYS) step(parts, ...STEP_KEYS[event.key]);
  else if (event.key === '0' || event.key === 'Home') control.change(() => null);
  else if (event.key === 'z') zoomToSelected(parts);
  else if (event.key === 'Enter' && cursor) parts.choose({ kind: 'slice', slice: cursor });
  else if (event.key === 'Escape') {
    if (range) parts.select(null);
    else parts.choose(null);
  } else return;
  event.preventDefault();
}

export function zoomToSelected({ control, profile, cursor, range }: Pick<InputParts, 'control' | 'profile' | 'cursor' | 'range'>): void {
  const slice = cursor?.thread.slices[cursor.index];
  const [fromNs, toNs] = range ? [range.fromNs, range.toNs] : slice ? [slice.startNs, slice.endNs] : [NaN, NaN];
  if (!(toNs > fromNs)) return;
  const edge = (toNs - fromNs) * 0.05;
  control.change(() => zoomed({ fromNs: fromNs - edge, toNs: toNs + edge }, 1, (fromNs + toNs) / 2, profile.windowNs));
}

/** Keys zoom around the selected slice while it is on screen. */
function focusNs(cursor: SliceRef | null, view: { fromNs: number; toNs: number }): number {
  const slice = cursor?.thread.slices[cursor.index];
  const middle = slice ? (Math.max(slice.startNs, view.fromNs) + Math.min(slice.endNs, view.toNs)) / 2 : NaN;
  return middle >= view.fromNs && middle <= view.toNs ? middle : (view.fromNs + view.toNs) / 2;
}

function step({ profile, rows, control, cursor, moveCursor }: InputParts, along: number, lanesBy: number): void {
  const lanes = threadsOf(rows);
  const start = lanes.find((thread) => thread.slices.length > 0);
  if (!start) return;
  const next = cursor && lanes.includes(cursor.thread) ? stepped(lanes, cursor, along, lanesBy) : { thread: start, index: Math.max(0, sliceNear(start.slices, profile.requestStartNs, Infinity)) };
  moveCursor(next);
  const slice = next.thread.slices[next.index];
  control.change((view) => revealing(view, slice.startNs, slice.endNs, profile.windowNs));
}

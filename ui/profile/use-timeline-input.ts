/** Wheel, pointer and keys on the lanes, as changes of view, hover and selection. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Profile, ThreadTimeline } from '../../src/server/api.js';
import { AXIS_PX, LABEL_PX, LANE_PX, plotWidth } from './draw-timeline.js';
import { sliceNear, type SliceRef } from './lanes.js';
import { stepped } from './selection.js';
import { nsOf, panned, revealing, zoomed } from './time-view.js';
import type { ViewControl } from './use-time-view.js';

export interface Point { x: number; y: number }
export interface Drag { fromX: number; toX: number; pans: boolean }

interface Parts {
  profile: Profile;
  lanes: readonly ThreadTimeline[];
  control: ViewControl;
  canvas: RefObject<HTMLCanvasElement | null>;
  scrollTop: number;
  cursor: SliceRef | null;
  moveCursor(to: SliceRef): void;
  pin(slice: SliceRef | null): void;
}

const CLICK_PX = 4;
/** A slice that is nearer than this is meant. */
const NEAR_PX = 3;
const WHEEL_STEP = 0.0016;

export function useTimelineInput(parts: Parts) {
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
  const hit = (point: Point): SliceRef | null => hitSlice(parts, point);

  const onPointerDown = (event: React.PointerEvent): void => {
    const { x } = pointOf(event);
    if (event.button !== 0 || x < 0) return;
    canvas.current!.setPointerCapture(event.pointerId);
    setDrag({ fromX: x, toX: x, pans: event.shiftKey });
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const point = pointOf(event);
    setHover(drag ? null : point);
    if (!drag) return;
    if (drag.pans) {
      const width = plotWidth(canvas.current!);
      control.change((view) => panned(view, nsOf(view, 0, width) - nsOf(view, point.x - drag.toX, width), profile.windowNs));
    }
    setDrag({ ...drag, toX: point.x });
  };
  const onPointerUp = (event: React.PointerEvent): void => {
    if (!drag) return;
    setDrag(null);
    const point = pointOf(event);
    if (Math.abs(point.x - drag.fromX) < CLICK_PX) {
      const slice = hit(point);
      if (slice) parts.moveCursor(slice);
      parts.pin(slice);
    } else if (!drag.pans) {
      const width = plotWidth(canvas.current!);
      control.change((view) => {
        const [a, b] = [nsOf(view, Math.max(0, drag.fromX), width), nsOf(view, Math.max(0, Math.min(width, point.x)), width)];
        return zoomed({ fromNs: Math.min(a, b), toNs: Math.max(a, b) }, 1, (a + b) / 2, profile.windowNs);
      });
    }
  };
  return {
    hover, drag, hit,
    handlers: {
      onPointerDown, onPointerMove, onPointerUp,
      onPointerCancel: () => setDrag(null), onPointerLeave: () => setHover(null),
      onDoubleClick: () => control.change(() => null),
      onKeyDown: (event: React.KeyboardEvent) => onKey(event, parts),
    },
  };
}

function hitSlice({ lanes, control: { view }, canvas, scrollTop }: Parts, { x, y }: Point): SliceRef | null {
  const thread = y < AXIS_PX || x < 0 ? undefined : lanes[Math.floor((y - AXIS_PX + scrollTop) / LANE_PX)];
  if (!thread || !canvas.current) return null;
  const width = plotWidth(canvas.current);
  if (x > width) return null;
  const index = sliceNear(thread.slices, nsOf(view, x, width), ((view.toNs - view.fromNs) / width) * NEAR_PX);
  return index < 0 ? null : { thread, index };
}

/** Over the slices the wheel zooms, sideways it pans; over the names it scrolls. React's own listener could not keep the page from scrolling. */
function useWheel(latest: RefObject<Parts>): void {
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

function onKey(event: React.KeyboardEvent, parts: Parts): void {
  const { control, profile, cursor } = parts;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ZOOM_KEYS) control.change((view) => zoomed(view, ZOOM_KEYS[event.key], focusNs(cursor, view), profile.windowNs));
  else if (event.key in PAN_KEYS) control.change((view) => panned(view, (view.toNs - view.fromNs) * PAN_KEYS[event.key], profile.windowNs));
  else if (event.key in STEP_KEYS) step(parts, ...STEP_KEYS[event.key]);
  else if (event.key === '0' || event.key === 'Home') control.change(() => null);
  else if (event.key === 'Enter' && cursor) parts.pin(cursor);
  else if (event.key === 'Escape') parts.pin(null);
  else return;
  event.preventDefault();
}

/** Keys zoom around the selected slice while it is on screen. */
function focusNs(cursor: SliceRef | null, view: { fromNs: number; toNs: number }): number {
  const slice = cursor?.thread.slices[cursor.index];
  const middle = slice ? (Math.max(slice.startNs, view.fromNs) + Math.min(slice.endNs, view.toNs)) / 2 : NaN;
  return middle >= view.fromNs && middle <= view.toNs ? middle : (view.fromNs + view.toNs) / 2;
}

function step({ profile, lanes, control, cursor, moveCursor }: Parts, along: number, lanesBy: number): void {
  const start = lanes.find((thread) => thread.slices.length > 0);
  if (!start) return;
  const next = cursor ? stepped(lanes, cursor, along, lanesBy) : { thread: start, index: Math.max(0, sliceNear(start.slices, profile.requestStartNs, Infinity)) };
  moveCursor(next);
  const slice = next.thread.slices[next.index];
  control.change((view) => revealing(view, slice.startNs, slice.endNs, profile.windowNs));
}

/** The lanes of a profile on a canvas: only those on screen, whatever their number. */
import type { PathSegment, Profile, ThreadTimeline } from '../../src/server/api.js';
import { formatClock, formatDuration, startMs } from '../format.js';
import { visible } from '../wire-text.js';
import { sliceLook } from './kinds.js';
import { runsOf, type Run, type SliceRef } from './lanes.js';
import type { Palette } from './palette.js';
import { viewTicks, xOf, type TimeView } from './time-view.js';

export const LANE_PX = 22;
export const AXIS_PX = 36;
export const LABEL_PX = 208;
const RIGHT_PX = 8;
const BAR = { top: 3, height: 15 };
const FONT = '11px system-ui, sans-serif';
/** Of a character of that font, about. */
const CHARACTER_PX = 6;

export interface Scene {
  profile: Profile;
  lanes: readonly ThreadTimeline[];
  pathByTid: ReadonlyMap<number, PathSegment[]>;
  view: TimeView;
  scrollTop: number;
  pinned: SliceRef | null;
  cursor: SliceRef | null;
}

export const plotWidth = (canvas: HTMLCanvasElement): number => Math.max(1, canvas.clientWidth - LABEL_PX - RIGHT_PX);

export function prepare(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  // Setting a size, even the same, throws the canvas's memory away.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.font = FONT;
  return context;
}

export function drawTimeline(canvas: HTMLCanvasElement, scene: Scene, palette: Palette): void {
  const context = prepare(canvas);
  const width = plotWidth(canvas);
  const height = canvas.clientHeight;
  const first = Math.floor(scene.scrollTop / LANE_PX);
  const last = Math.min(scene.lanes.length, Math.ceil((scene.scrollTop + height - AXIS_PX) / LANE_PX));
  context.save();
  context.beginPath();
  context.rect(0, AXIS_PX, canvas.clientWidth, height - AXIS_PX);
  context.clip();
  shadeOutside(context, scene, palette, width, height);
  for (let i = first; i < last; i++) {
    const y = AXIS_PX + i * LANE_PX - scene.scrollTop;
    drawLabel(context, scene.lanes[i], y, palette);
    inPlot(context, y, width, () => drawLane(context, scene, scene.lanes[i], width, palette));
  }
  inPlot(context, AXIS_PX - scene.scrollTop, width, () => drawHandovers(context, scene, width, palette));
  context.restore();
  drawAxis(context, scene, width, height, palette);
}

function inPlot(context: CanvasRenderingContext2D, y: number, width: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(LABEL_PX, AXIS_PX, width, context.canvas.clientHeight);
  context.clip();
  context.translate(LABEL_PX, y);
  draw();
  context.restore();
}

/** What was before and after the request is beside the point. */
function shadeOutside(context: CanvasRenderingContext2D, { profile, view }: Scene, palette: Palette, width: number, height: number): void {
  const clamped = (ns: number): number => Math.max(0, Math.min(width, xOf(view, ns, width)));
  const [from, to] = [clamped(profile.requestStartNs), clamped(profile.requestEndNs)];
  context.fillStyle = palette.colour('--bg-raised');
  context.fillRect(LABEL_PX, AXIS_PX, from, height);
  context.fillRect(LABEL_PX + to, AXIS_PX, width - to, height);
}

function drawLabel(context: CanvasRenderingContext2D, thread: ThreadTimeline, y: number, palette: Palette): void {
  context.font = thread.executed ? `600 ${FONT}` : FONT;
  context.textBaseline = 'middle';
  const middle = y + BAR.top + BAR.height / 2;
  context.textAlign = 'right';
  context.fillStyle = palette.colour('--muted');
  context.fillText(String(thread.tid), LABEL_PX - 10, middle);
  context.textAlign = 'left';
  context.fillStyle = palette.colour(thread.executed || thread.onPath ? '--text' : '--muted');
  // The triangle marks the thread that executed the request, the dot others on its path.
  context.fillText(thread.executed ? '▶' : thread.onPath ? '•' : '', 4, middle);
  context.fillText(visible(thread.name, 16) || '(no name)', 18, middle, LABEL_PX - 80);
  context.font = FONT;
  context.fillStyle = palette.colour('--line');
  context.fillRect(0, y + LANE_PX - 1, context.canvas.clientWidth, 1);
}

function drawLane(context: CanvasRenderingContext2D, scene: Scene, thread: ThreadTimeline, width: number, palette: Palette): void {
  const runs = runsOf(thread.slices, scene.view, width);
  for (const run of runs) {
    context.fillStyle = palette.fill(run.kind);
    // Whole pixels: crisp, and much less work for the rasteriser. Between wide ones a pixel is left free.
    const [from, to] = [Math.round(run.fromX), Math.round(run.toX)];
    context.fillRect(from, BAR.top, Math.max(1, to - from - (to - from > 6 ? 1 : 0)), BAR.height);
  }
  const bright = brightParts(scene, thread, width);
  dimOffPath(context, scene, thread, bright, width, palette);
  drawWords(context, thread, runs, bright, palette);
  for (const [ref, token] of [[scene.cursor, '--focus'], [scene.pinned, '--text']] as const) {
    if (ref?.thread === thread) outline(context, scene.view, ref, width, palette.colour(token));
  }
}

interface Stretch { fromX: number; toX: number }

/** The path's pieces in this lane; of the thread that executed the request, the whole of it. */
function brightParts({ profile, pathByTid, view }: Scene, thread: ThreadTimeline, width: number): Stretch[] {
  const pieces = thread.executed ? [{ startNs: profile.requestStartNs, endNs: profile.requestEndNs }] : pathByTid.get(thread.tid) ?? [];
  return pieces.filter(({ startNs, endNs }) => endNs >= view.fromNs && startNs <= view.toNs)
    .map(({ startNs, endNs }) => ({ fromX: Math.max(0, xOf(view, startNs, width)), toX: Math.min(width, xOf(view, endNs, width)) }));
}

function dimOffPath(context: CanvasRenderingContext2D, { pathByTid, view }: Scene, thread: ThreadTimeline, bright: readonly Stretch[], width: number, palette: Palette): void {
  context.globalAlpha = 0.5;
  context.fillStyle = palette.colour('--bg');
  let at = 0;
  for (const { fromX, toX } of [...bright, { fromX: width, toX: width }]) {
    if (fromX > at) context.fillRect(at, BAR.top, fromX - at, BAR.height);
    at = toX;
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.colour('--text');
  for (const { startNs, endNs } of pathByTid.get(thread.tid) ?? []) {
    const from = Math.max(0, Math.round(xOf(view, startNs, width)));
    const to = Math.min(width, Math.round(xOf(view, endNs, width)));
    if (to >= from) context.fillRect(from, BAR.top + BAR.height, Math.max(1, to - from), 2);
  }
}

function drawWords(context: CanvasRenderingContext2D, thread: ThreadTimeline, runs: readonly Run[], bright: readonly Stretch[], palette: Palette): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const { fromX, toX, kind, index } of runs) {
    const room = Math.floor((toX - fromX - 8) / CHARACTER_PX);
    if (index < 0 || room < 4) continue;
    const { object } = thread.slices[index];
    const words = object === '' ? sliceLook(kind).word : `${sliceLook(kind).word}: ${visible(object, 80)}`;
    const text = words.length > room ? `${words.slice(0, room - 1)}…` : words;
    const width = context.measureText(text).width;
    if (width > toX - fromX - 6) continue;
    const isBright = bright.some((part) => part.fromX <= fromX + 1 && part.toX >= fromX + width);
    if (isBright && sliceLook(kind).pattern !== 'solid') {
      context.fillStyle = palette.colour(sliceLook(kind).token);
      context.fillRect(fromX + 2, BAR.top + 1, width + 4, BAR.height - 2);
    }
    context.fillStyle = isBright ? palette.textOn(kind) : palette.colour('--text');
    context.fillText(text, fromX + 4, BAR.top + BAR.height / 2 + 0.5);
  }
}

function outline(context: CanvasRenderingContext2D, view: TimeView, { thread, index }: SliceRef, width: number, colour: string): void {
  const slice = thread.slices[index];
  const from = Math.max(-4, xOf(view, slice.startNs, width));
  const to = Math.min(width + 4, xOf(view, slice.endNs, width));
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(from - 1, BAR.top - 1, Math.max(2, to - from) + 2, BAR.height + 2);
}

/** Where the path goes from one thread to another: who was waited for woke who waited. */
function drawHandovers(context: CanvasRenderingContext2D, { profile, lanes, view }: Scene, width: number, palette: Palette): void {
  const rowOf = new Map(lanes.map((thread, i) => [thread.tid, i]));
  context.fillStyle = palette.colour('--text');
  for (let i = 1; i < profile.path.length; i++) {
    const [from, to] = [rowOf.get(profile.path[i - 1].tid), rowOf.get(profile.path[i].tid)];
    const x = xOf(view, profile.path[i].startNs, width);
    if (from === undefined || to === undefined || from === to || x < 0 || x > width) continue;
    const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
    context.fillRect(Math.round(x), top * LANE_PX + BAR.top + BAR.height, 1, (bottom - top) * LANE_PX + 2);
  }
}

function drawAxis(context: CanvasRenderingContext2D, { profile, view }: Scene, width: number, height: number, palette: Palette): void {
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = palette.colour('--muted');
  context.fillText(`0 is ${formatClock(startMs(profile.start) + profile.requestStartNs / 1e6)}`, 4, AXIS_PX - 9);
  context.textAlign = 'center';
  for (const at of viewTicks(view, profile.requestStartNs, width / 110)) {
    const x = LABEL_PX + xOf(view, at, width);
    context.fillStyle = palette.colour('--line-strong');
    context.fillRect(Math.round(x), AXIS_PX - 3, 1, 3);
    context.fillStyle = palette.colour('--muted');
    if (x > LABEL_PX + 20 && x < LABEL_PX + width - 20) context.fillText(offsetText(at - profile.requestStartNs), x, AXIS_PX - 10);
  }
  context.fillStyle = palette.colour('--line-strong');
  context.fillRect(0, AXIS_PX - 1, LABEL_PX + width, 1);
  for (const [ns, word, align] of [[profile.requestStartNs, 'request starts', 'left'], [profile.requestEndNs, 'request ends', 'right']] as const) {
    const x = LABEL_PX + xOf(view, ns, width);
    if (x < LABEL_PX || x > LABEL_PX + width + 1) continue;
    context.fillStyle = palette.colour('--text');
    context.fillRect(Math.round(x), 2, 1, height);
    context.textAlign = align;
    context.fillText(word, x + (align === 'left' ? 5 : -4), 9);
  }
}

export function offsetText(ns: number): string {
  if (Math.abs(ns) < 0.5) return '0';
  return `${ns > 0 ? '+' : '−'}${formatDuration(Math.abs(ns))}`;
}

/** One row of the timeline: a thread's slices with what lies on them, or the calls it made. */
import type { CallRef, ThreadTimeline } from '../../src/server/api.js';
import { formatDuration } from '../format.js';
import { visible } from '../wire-text.js';
import { BAR, CHARACTER_PX } from './canvas.js';
import type { Scene } from './draw-timeline.js';
import { sliceLook } from './kinds.js';
import { firstFrom, runsOf, type Run, type SliceRef } from './lanes.js';
import type { Palette } from './palette.js';
import { xOf, type TimeView } from './time-view.js';

export function drawLane(context: CanvasRenderingContext2D, scene: Scene, thread: ThreadTimeline, width: number, palette: Palette): void {
  const shown = scene.matcher.isEmpty ? null : scene.matcher.shown(thread);
  if (shown) {
    context.fillStyle = palette.colour('--line');
    context.fillRect(0, BAR.top + BAR.height / 2, width, 1);
  }
  const runs = runsOf(thread.slices, scene.view, width, shown);
  drawRuns(context, runs, palette);
  const bright = shown ? [{ fromX: 0, toX: width }] : brightParts(scene, thread, width);
  if (!shown) dimOutside(context, bright, width, palette);
  underlinePath(context, scene, thread, width, palette);
  drawWords(context, thread, runs, bright, palette);
  drawTicks(context, scene.model.samplesByTid.get(thread.tid), scene.view, width, palette, SAMPLES);
  drawTicks(context, scene.model.notchesByTid.get(thread.tid), scene.view, width, palette, NOTCHES);
  for (const [ref, token] of [[scene.cursor, '--focus'], [scene.pinned, '--text']] as const) {
    if (ref?.thread === thread) outline(context, scene.view, ref, width, palette.colour(token));
  }
}

/** Kind by kind: changing the colour costs more than a rectangle. */
function drawRuns(context: CanvasRenderingContext2D, runs: readonly Run[], palette: Palette): void {
  for (const kind of new Set(runs.map((run) => run.kind))) {
    context.fillStyle = palette.fill(kind);
    for (const run of runs) {
      if (run.kind !== kind) continue;
      // Whole pixels: crisp, and much less work for the rasteriser. Between wide ones a pixel is left free.
      const from = Math.round(run.fromX);
      const width = Math.round(run.toX) - from;
      context.fillRect(from, BAR.top, Math.max(1, width - (width > 6 ? 1 : 0)), BAR.height);
    }
  }
}

interface Stretch { fromX: number; toX: number }

/** The path's pieces in this lane; of the thread that executed the request, the whole of it. */
function brightParts({ profile, model, view }: Scene, thread: ThreadTimeline, width: number): Stretch[] {
  const pieces = thread.executed ? [{ startNs: profile.requestStartNs, endNs: profile.requestEndNs }] : model.pathByTid.get(thread.tid) ?? [];
  return pieces.filter(({ startNs, endNs }) => endNs >= view.fromNs && startNs <= view.toNs)
    .map(({ startNs, endNs }) => ({ fromX: Math.max(0, xOf(view, startNs, width)), toX: Math.min(width, xOf(view, endNs, width)) }));
}

function dimOutside(context: CanvasRenderingContext2D, bright: readonly Stretch[], width: number, palette: Palette): void {
  context.globalAlpha = 0.5;
  context.fillStyle = palette.colour('--bg');
  let at = 0;
  for (const { fromX, toX } of [...bright, { fromX: width, toX: width }]) {
    if (fromX > at) context.fillRect(at, BAR.top, fromX - at, BAR.height);
    at = Math.max(at, toX);
  }
  context.globalAlpha = 1;
}

function underlinePath(context: CanvasRenderingContext2D, { model, view }: Scene, thread: ThreadTimeline, width: number, palette: Palette): void {
  context.fillStyle = palette.colour('--text');
  for (const { startNs, endNs } of model.pathByTid.get(thread.tid) ?? []) {
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

/** Samples along the lower edge of the slices; log lines and moments as notches in the upper one. */
const SAMPLES = { top: BAR.top + BAR.height - 4, height: 4, apartPx: 3, alpha: 0.55, token: '--on-colour' };
const NOTCHES = { top: BAR.top - 3, height: 6, apartPx: 2, alpha: 1, token: '--text' };

function drawTicks(context: CanvasRenderingContext2D, times: readonly number[] | undefined, view: TimeView, width: number, palette: Palette, look: typeof SAMPLES): void {
  if (!times) return;
  context.globalAlpha = look.alpha;
  context.fillStyle = palette.colour(look.token);
  let last = -look.apartPx;
  for (let i = firstFrom(times, view.fromNs); i < times.length && times[i] <= view.toNs; i++) {
    const x = Math.round(xOf(view, times[i], width));
    if (x - last < look.apartPx) continue;
    last = x;
    context.fillRect(x, look.top, 1, look.height);
  }
  context.globalAlpha = 1;
}

function outline(context: CanvasRenderingContext2D, view: TimeView, { thread, index }: SliceRef, width: number, colour: string): void {
  const slice = thread.slices[index];
  const from = Math.max(-4, xOf(view, slice.startNs, width));
  const to = Math.min(width + 4, xOf(view, slice.endNs, width));
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(from - 1, BAR.top - 1, Math.max(2, to - from) + 2, BAR.height + 2);
}

/** Thinner than slices, in the peer's colour: they are others' time. */
export function drawCalls(context: CanvasRenderingContext2D, scene: Scene, calls: readonly CallRef[], width: number, palette: Palette): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const call of calls) {
    const [from, to] = [Math.max(-2, Math.round(xOf(scene.view, call.startNs, width))), Math.min(width + 2, Math.round(xOf(scene.view, call.endNs, width)))];
    if (to < 0 || from > width) continue;
    context.fillStyle = palette.mix('--peer', '--bg', 0.45);
    context.fillRect(from, BAR.top + 1, Math.max(2, to - from - 1), BAR.height - 2);
    if (call.server) {
      const [a, b] = [Math.round(xOf(scene.view, call.server.startNs, width)), Math.round(xOf(scene.view, call.server.endNs, width))];
      context.fillStyle = palette.colour('--peer');
      context.fillRect(a, BAR.top + BAR.height - 3, Math.max(1, b - a), 2);
    }
    context.strokeStyle = palette.colour(scene.call === call.id ? '--text' : '--peer');
    context.lineWidth = scene.call === call.id ? 2 : 1;
    context.strokeRect(from + 0.5, BAR.top + 1.5, Math.max(2, to - from - 2), BAR.height - 3);
    const words = `${call.service}: ${call.endpoint || call.protocol} ${formatDuration(call.endNs - call.startNs)}`;
    const start = Math.max(0, from);
    const room = Math.floor((to - start - 8) / CHARACTER_PX);
    if (room < 4) continue;
    const text = visible(words, 120);
    context.fillStyle = palette.colour('--text');
    context.fillText(text.length > room ? `${text.slice(0, room - 1)}…` : text, start + 5, BAR.top + BAR.height / 2 + 0.5, to - start - 8);
  }
}

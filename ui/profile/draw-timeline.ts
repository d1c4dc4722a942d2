/** The rows of a profile on a canvas: only those on screen, whatever their number. */
import type { Profile, ThreadTimeline } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { visible } from '../wire-text.js';
import { AXIS_PX, BAR, FONT, LABEL_PX, LANE_PX, plotWidth, prepare } from './canvas.js';
import { drawAxis } from './draw-axis.js';
import { drawCalls, drawLane } from './draw-lane.js';
import type { SliceRef } from './lanes.js';
import type { Palette } from './palette.js';
import type { RowMatcher } from './row-filter.js';
import type { Row } from './rows.js';
import type { RangeSelection } from './selection.js';
import { xOf, type TimeView } from './time-view.js';
import type { TimelineModel } from './timeline-model.js';

export interface Scene {
  profile: Profile;
  model: TimelineModel;
  matcher: RowMatcher;
  rows: readonly Row[];
  view: TimeView;
  scrollTop: number;
  pinned: SliceRef | null;
  cursor: SliceRef | null;
  range: RangeSelection | null;
  /** Id of the selected call; '' for none. */
  call: string;
}

export function drawTimeline(canvas: HTMLCanvasElement, scene: Scene, palette: Palette): void {
  const context = prepare(canvas);
  const width = plotWidth(canvas);
  const height = canvas.clientHeight;
  const first = Math.floor(scene.scrollTop / LANE_PX);
  const last = Math.min(scene.rows.length, Math.ceil((scene.scrollTop + height - AXIS_PX) / LANE_PX));
  context.save();
  context.beginPath();
  context.rect(0, AXIS_PX, canvas.clientWidth, height - AXIS_PX);
  context.clip();
  shadeOutside(context, scene, palette, width, height);
  for (let i = first; i < last; i++) drawRow(context, scene, scene.rows[i], AXIS_PX + i * LANE_PX - scene.scrollTop, width, palette);
  inPlot(context, AXIS_PX - scene.scrollTop, width, () => {
    drawHandovers(context, scene, width, palette);
    drawRange(context, scene, width, palette);
  });
  context.restore();
  drawAxis(context, scene, width, height, palette);
}

function drawRow(context: CanvasRenderingContext2D, scene: Scene, row: Row, y: number, width: number, palette: Palette): void {
  if (row.kind === 'process') drawProcess(context, row, y, palette);
  else if (row.kind === 'calls') {
    if (row.hidden > 0) drawHidden(context, row.hidden, y, palette);
    inPlot(context, y, width, () => drawCalls(context, scene, row.calls, width, palette));
  }
  if (row.kind === 'thread') {
    drawLabel(context, row.thread, scene.model.pathByTid.has(row.thread.tid), y, palette);
    inPlot(context, y, width, () => drawLane(context, scene, row.thread, width, palette));
  }
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

function drawProcess(context: CanvasRenderingContext2D, { pid, name, threads }: Row & { kind: 'process' }, y: number, palette: Palette): void {
  context.fillStyle = palette.colour('--bg-raised');
  context.fillRect(0, y, context.canvas.clientWidth, LANE_PX - 1);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `600 ${FONT}`;
  context.fillStyle = palette.colour('--text');
  const words = `${visible(name, 40) || 'process'} `;
  context.fillText(words, 4, y + LANE_PX / 2);
  const at = 4 + context.measureText(words).width;
  context.font = FONT;
  context.fillStyle = palette.colour('--muted');
  context.fillText(`pid ${pid}, ${threads === 1 ? 'one thread' : `${formatCount(threads)} threads`}`, at, y + LANE_PX / 2);
  rule(context, y, palette);
}

function drawHidden(context: CanvasRenderingContext2D, hidden: number, y: number, palette: Palette): void {
  context.font = FONT;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillStyle = palette.colour('--muted');
  context.fillText(`${formatCount(hidden)} more calls under Peers`, LABEL_PX - 10, y + LANE_PX / 2);
}

function drawLabel(context: CanvasRenderingContext2D, thread: ThreadTimeline, onPath: boolean, y: number, palette: Palette): void {
  context.font = thread.executed ? `600 ${FONT}` : FONT;
  context.textBaseline = 'middle';
  const middle = y + BAR.top + BAR.height / 2;
  context.textAlign = 'right';
  context.fillStyle = palette.colour('--muted');
  context.fillText(String(thread.tid), LABEL_PX - 10, middle);
  context.textAlign = 'left';
  context.fillStyle = palette.colour(thread.executed || onPath ? '--text' : '--muted');
  // The triangle marks the thread that executed the request, the dot others on its path.
  context.fillText(thread.executed ? '▶' : onPath ? '•' : '', 4, middle);
  context.fillText(fitted(context, visible(thread.name, 40) || '(no name)', LABEL_PX - 80), 18, middle);
  context.font = FONT;
  rule(context, y, palette);
}

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  let length = text.length;
  while (length > 1 && context.measureText(text.slice(0, length)).width > width) length--;
  return length < text.length ? `${text.slice(0, length - 1)}…` : text;
}

function rule(context: CanvasRenderingContext2D, y: number, palette: Palette): void {
  context.fillStyle = palette.colour('--line');
  context.fillRect(0, y + LANE_PX - 1, context.canvas.clientWidth, 1);
}

/** Where the path goes from one thread to another: who was waited for woke who waited. */
function drawHandovers(context: CanvasRenderingContext2D, { model: { visits }, rows, view }: Scene, width: number, palette: Palette): void {
  const rowOf = new Map<number, number>();
  rows.forEach((row, i) => { if (row.kind === 'thread') rowOf.set(row.thread.tid, i); });
  context.fillStyle = palette.colour('--text');
  const scale = width / (view.toNs - view.fromNs);
  for (let i = 1; i < visits.length; i++) {
    // Between two stretches that are too narrow to be seen a line says nothing, and thousands hide the rest.
    const [before, after] = [widthOf(visits[i - 1]) * scale, widthOf(visits[i]) * scale];
    if (Math.max(before, after) < SEEN_PX || Math.min(before, after) < LEAST_PX) continue;
    const [from, to] = [rowOf.get(visits[i - 1].tid), rowOf.get(visits[i].tid)];
    const x = Math.round(xOf(view, visits[i].startNs, width));
    if (from === undefined || to === undefined || from === to || x < 0 || x > width) continue;
    const [start, end] = [from, to].map((row) => row * LANE_PX + BAR.top + BAR.height);
    context.fillRect(x, Math.min(start, end), 1, Math.abs(end - start) + 2);
    arrowHead(context, x + 0.5, to > from ? end - BAR.height - 1 : end + 2, to > from ? 1 : -1);
  }
}

/** Of the stretches on both sides of a hand-over. */
const SEEN_PX = 9;
const LEAST_PX = 1.5;
const widthOf = ({ startNs, endNs }: { startNs: number; endNs: number }): number => endNs - startNs;

function arrowHead(context: CanvasRenderingContext2D, x: number, y: number, direction: 1 | -1): void {
  context.beginPath();
  context.moveTo(x, y + 4 * direction);
  context.lineTo(x - 3, y - direction);
  context.lineTo(x + 3, y - direction);
  context.fill();
}

function drawRange(context: CanvasRenderingContext2D, { range, rows, view }: Scene, width: number, palette: Palette): void {
  if (!range) return;
  const [from, to] = [xOf(view, range.fromNs, width), xOf(view, range.toNs, width)];
  const chosen = rows.flatMap((row, i) => (row.kind === 'thread' && (range.tids.length === 0 || range.tids.includes(row.thread.tid)) ? [i] : []));
  for (const i of chosen) {
    context.fillStyle = palette.mix('--focus', '--bg', 1);
    context.globalAlpha = 0.16;
    context.fillRect(from, i * LANE_PX, to - from, LANE_PX - 1);
    context.globalAlpha = 1;
    context.fillRect(from, i * LANE_PX, 1, LANE_PX - 1);
    context.fillRect(to - 1, i * LANE_PX, 1, LANE_PX - 1);
  }
}

/** The axis: words of what happened, ticks of time, and log lines. */
import { formatClock, formatDuration, startMs } from '../format.js';
import { AXIS_PX, FONT, LABEL_PX } from './canvas.js';
import type { Scene } from './draw-timeline.js';
import { firstFrom } from './lanes.js';
import { markWord, placedWords } from './marks.js';
import type { Palette } from './palette.js';
import { viewTicks, xOf, type TimeView } from './time-view.js';

const WORDS_Y = 9;
const TICKS_Y = 26;
const LOGS_Y = 41;
const LOGS_APART_PX = 4;

export function drawAxis(context: CanvasRenderingContext2D, scene: Scene, width: number, height: number, palette: Palette): void {
  const { profile, view } = scene;
  context.font = FONT;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = palette.colour('--muted');
  context.fillText(`0 is ${formatClock(startMs(profile.start) + profile.requestStartNs / 1e6)}`, 4, TICKS_Y);
  context.textAlign = 'center';
  for (const at of viewTicks(view, profile.requestStartNs, width / 110)) {
    const x = LABEL_PX + xOf(view, at, width);
    context.fillStyle = palette.colour('--line-strong');
    context.fillRect(Math.round(x), TICKS_Y + 7, 1, 3);
    context.fillStyle = palette.colour('--muted');
    if (x > LABEL_PX + 20 && x < LABEL_PX + width - 20) context.fillText(offsetText(at - profile.requestStartNs), x, TICKS_Y);
  }
  context.fillStyle = palette.colour('--line-strong');
  context.fillRect(0, AXIS_PX - 1, LABEL_PX + width, 1);
  drawMarks(context, scene, width, height, palette);
}

function drawMarks(context: CanvasRenderingContext2D, { model, view }: Scene, width: number, height: number, palette: Palette): void {
  context.textAlign = 'left';
  const words = placedWords(model.moments, view, width, (word) => context.measureText(word).width);
  const said = new Set(words.map(({ mark }) => mark));
  context.fillStyle = palette.colour('--text');
  for (const mark of model.moments) {
    const x = Math.round(xOf(view, mark.ns, width));
    if (x < 0 || x > width + 1) continue;
    if (mark.kind === 'start' || mark.kind === 'end') context.fillRect(LABEL_PX + x, 2, 1, height);
    else dashed(context, LABEL_PX + x, said.has(mark) ? 2 : TICKS_Y + 10, AXIS_PX);
  }
  for (const { mark, left } of words) context.fillText(markWord(mark.kind), LABEL_PX + left, WORDS_Y);
  drawLogs(context, model.logTimes, view, width, palette);
}

/** One shape for all of them: thousands of single ones take longer than the rest of the picture. */
function drawLogs(context: CanvasRenderingContext2D, times: readonly number[], view: TimeView, width: number, palette: Palette): void {
  let last = -LOGS_APART_PX;
  context.beginPath();
  for (let i = firstFrom(times, view.fromNs); i < times.length && times[i] <= view.toNs; i++) {
    const x = Math.round(xOf(view, times[i], width));
    if (x - last < LOGS_APART_PX) continue;
    last = x;
    diamond(context, LABEL_PX + x, LOGS_Y);
  }
  if (last < 0) return;
  context.fill();
  context.fillStyle = palette.colour('--muted');
  context.fillText('log lines', 4, LOGS_Y);
}

function dashed(context: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  for (let y = from; y < to; y += 4) context.fillRect(x, y, 1, 2);
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.moveTo(x, y - 4);
  context.lineTo(x + 3, y);
  context.lineTo(x, y + 4);
  context.lineTo(x - 3, y);
}

export function offsetText(ns: number): string {
  if (Math.abs(ns) < 0.5) return '0';
  return `${ns > 0 ? '+' : '−'}${formatDuration(Math.abs(ns))}`;
}

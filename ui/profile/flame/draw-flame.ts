/** A flame graph on a canvas: the rows and columns on screen, what is too narrow merged. */
import { prepare } from '../canvas.js';
import type { Palette } from '../palette.js';
import { visible } from '../../wire-text.js';
import type { FunctionInfo } from './functions.js';
import { frameLook, isPatterned } from './frame-looks.js';
import { firstAfter, type FlameLayout, type FlameRect } from './layout.js';

export const ROW_PX = 18;
const BAR_PX = 17;
const CHARACTER_PX = 6.2;
/** Narrower ones have no words. */
const WORDS_PX = 26;
const MERGED_PX = 1;
/** From this share of the whole on, a difference has its full colour. */
const FULL_DIFFERENCE = 0.25;

export interface FlameScene {
  layout: FlameLayout;
  functions: readonly FunctionInfo[];
  from: number;
  to: number;
  scrollTop: number;
  cursor: FlameRect | null;
  /** What the search found; null: nothing is searched. */
  matches: ReadonlySet<number> | null;
  /** Total of the profile compared with; null: nothing is compared. */
  otherTotal: number | null;
}

export const rootInfo: FunctionInfo = { name: 'all', kind: 'root', module: '', file: '', line: 0, inlined: false };
export const infoOf = (functions: readonly FunctionInfo[], id: number): FunctionInfo => functions[id] ?? rootInfo;

export function drawFlame(canvas: HTMLCanvasElement, scene: FlameScene, palette: Palette): void {
  const context = prepare(canvas);
  context.textBaseline = 'middle';
  const width = canvas.clientWidth;
  const first = Math.floor(scene.scrollTop / ROW_PX);
  const last = Math.min(scene.layout.rows.length, Math.ceil((scene.scrollTop + canvas.clientHeight) / ROW_PX));
  for (let row = first; row < last; row++) drawRow(context, scene, row, row * ROW_PX - scene.scrollTop, width, palette);
}

function drawRow(context: CanvasRenderingContext2D, scene: FlameScene, row: number, y: number, width: number, palette: Palette): void {
  const rects = scene.layout.rows[row] ?? [];
  const scale = width / (scene.to - scene.from);
  let merged = -1;
  for (let i = firstAfter(rects, scene.from); i < rects.length && rects[i].from < scene.to; i++) {
    const left = Math.max(0, (rects[i].from - scene.from) * scale);
    const right = Math.min(width, (rects[i].to - scene.from) * scale);
    if (right - left < MERGED_PX) {
      if (Math.floor(left) === merged) continue;
      merged = Math.floor(left);
      context.fillStyle = isDim(scene, rects[i]) ? palette.colour('--line') : palette.colour('--line-strong');
      context.fillRect(merged, y, 1, BAR_PX);
    } else drawFrame(context, scene, rects[i], Math.round(left), Math.round(right), y, palette);
  }
}

const isDim = ({ matches }: FlameScene, { node }: FlameRect): boolean => matches !== null && !matches.has(node.id);

function drawFrame(context: CanvasRenderingContext2D, scene: FlameScene, rect: FlameRect, left: number, right: number, y: number, palette: Palette): void {
  const info = infoOf(scene.functions, rect.node.id);
  const room = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
  context.fillStyle = fillOf(scene, rect, info, palette);
  context.fillRect(left, y, room, BAR_PX);
  if (scene.matches?.has(rect.node.id)) {
    context.fillStyle = palette.colour('--text');
    context.fillRect(left, y + BAR_PX - 2, room, 2);
  }
  // It contains all that is on screen: what was zoomed into lies in it.
  const isContext = (rect.from < scene.from || rect.to > scene.to) && rect.from <= scene.from && rect.to >= scene.to;
  const sign = scene.otherTotal === null || rect.node.depth === 0 ? '' : signOf(rect.node.ns - rect.node.otherNs);
  if (right - left >= WORDS_PX) drawName(context, info, sign, left, right, y, palette.colour(isContext || isDim(scene, rect) ? '--muted' : '--text'), palette);
  if (scene.cursor === rect) {
    context.strokeStyle = palette.colour('--focus');
    context.lineWidth = 2;
    context.strokeRect(left + 1, y + 1, Math.max(2, room - 2), BAR_PX - 2);
  }
}

/** Colours alone are not for everybody. */
const signOf = (ns: number): string => (ns > 0 ? '+ ' : ns < 0 ? '− ' : '= ');

function drawName(context: CanvasRenderingContext2D, info: FunctionInfo, sign: string, left: number, right: number, y: number, colour: string, palette: Palette): void {
  const letters = Math.floor((right - left - 8) / CHARACTER_PX);
  const name = sign + visible(info.name, 200);
  const text = name.length > letters ? `${name.slice(0, Math.max(1, letters - 1))}…` : name;
  if (isPatterned(info.kind)) {
    context.fillStyle = palette.colour('--bg');
    context.fillRect(left + 2, y + 2, Math.min(right - left - 5, context.measureText(text).width + 6), BAR_PX - 4);
  }
  context.fillStyle = colour;
  context.fillText(text, left + 4, y + BAR_PX / 2 + 0.5, right - left - 6);
}

function fillOf(scene: FlameScene, rect: FlameRect, info: FunctionInfo, palette: Palette): string | CanvasPattern {
  if (isDim(scene, rect)) return palette.colour('--bg-raised');
  if (scene.otherTotal !== null && rect.node.depth > 0) return differenceFill(rect.node.ns, rect.node.otherNs, Math.max(scene.layout.total, scene.otherTotal), palette);
  if (info.kind === 'kernel') return palette.pattern('hatch', frameLook('kernel').token);
  if (info.kind === 'truncated') return palette.pattern('stripe', frameLook('truncated').token);
  return palette.colour(frameLook(info.kind).token);
}

/** More than in the other profile: towards `--more`; less: towards `--less`; the same: grey. In five steps, so that they can be told apart. */
export function differenceFill(ns: number, otherNs: number, total: number, palette: Palette): string {
  const share = (ns - otherNs) / Math.max(1, total);
  const strength = Math.min(5, Math.ceil((Math.abs(share) / FULL_DIFFERENCE) * 5)) / 5;
  if (Math.abs(share) < 0.002) return palette.colour('--frame-native');
  return palette.mix(share > 0 ? '--more' : '--less', '--bg', 0.12 + strength * 0.48);
}

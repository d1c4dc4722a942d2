/** The stretch of a profile that is on screen, in ns since the profile's start. Pure: every action yields a new one. */
import type { Profile } from '../../src/server/api.js';

export interface TimeView { fromNs: number; toNs: number }

/** Below this a pixel is less than what clocks tell apart. */
export const LEAST_SPAN_NS = 1_000;

/** Edge around the request, as a share of its duration. */
const MARGIN = 0.04;

/** Within the window, at least `LEAST_SPAN_NS` long. */
export function clampView(view: TimeView, windowNs: number): TimeView {
  const span = Math.min(windowNs, Math.max(LEAST_SPAN_NS, view.toNs - view.fromNs));
  const fromNs = Math.max(0, Math.min(windowNs - span, view.fromNs));
  return { fromNs, toNs: fromNs + span };
}

/** The request with a little of what was before and after it. */
export function requestView({ requestStartNs, requestEndNs, windowNs }: Pick<Profile, 'requestStartNs' | 'requestEndNs' | 'windowNs'>): TimeView {
  const edge = Math.max(LEAST_SPAN_NS, (requestEndNs - requestStartNs) * MARGIN);
  return clampView({ fromNs: requestStartNs - edge, toNs: requestEndNs + edge }, windowNs);
}

/** `factor` below 1 shows less; `atNs` stays where it is on screen. */
export function zoomed(view: TimeView, factor: number, atNs: number, windowNs: number): TimeView {
  const span = view.toNs - view.fromNs;
  const next = Math.min(windowNs, Math.max(LEAST_SPAN_NS, span * factor));
  const share = span > 0 ? (atNs - view.fromNs) / span : 0.5;
  const fromNs = atNs - share * next;
  return clampView({ fromNs, toNs: fromNs + next }, windowNs);
}

export function panned(view: TimeView, byNs: number, windowNs: number): TimeView {
  return clampView({ fromNs: view.fromNs + byNs, toNs: view.toNs + byNs }, windowNs);
}

/** Moved as little as possible until `[fromNs, toNs]`, or its beginning, is on screen. */
export function revealing(view: TimeView, fromNs: number, toNs: number, windowNs: number): TimeView {
  const span = view.toNs - view.fromNs;
  if (fromNs < view.fromNs) return panned(view, fromNs - view.fromNs - span * 0.05, windowNs);
  if (fromNs >= view.toNs || (toNs > view.toNs && toNs - fromNs < span)) return panned(view, Math.min(fromNs - view.fromNs, toNs - view.toNs + span * 0.05), windowNs);
  return view;
}

export const isSame = (a: TimeView, b: TimeView): boolean => Math.abs(a.fromNs - b.fromNs) < 1 && Math.abs(a.toNs - b.toNs) < 1;

/** As it stands in the address: whole nanoseconds. */
export function writeView({ fromNs, toNs }: TimeView): string {
  return `${Math.round(fromNs)}-${Math.round(toNs)}`;
}

/** null: absent, or no view of this profile. */
export function readView(text: string | null, windowNs: number): TimeView | null {
  const match = /^(\d{1,18})-(\d{1,18})$/.exec(text ?? '');
  if (!match) return null;
  const [fromNs, toNs] = [Number(match[1]), Number(match[2])];
  return toNs > fromNs && fromNs < windowNs ? clampView({ fromNs, toNs }, windowNs) : null;
}

export const xOf = (view: TimeView, ns: number, width: number): number => ((ns - view.fromNs) / (view.toNs - view.fromNs)) * width;
export const nsOf = (view: TimeView, x: number, width: number): number => view.fromNs + (x / width) * (view.toNs - view.fromNs);

/** 1, 2 or 5 times a power of ten, at most `most` of them in the view, counted from `originNs`. */
export function viewTicks(view: TimeView, originNs: number, most: number): number[] {
  const raw = (view.toNs - view.fromNs) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
  const ticks = [];
  const first = Math.ceil((view.fromNs - originNs) / step);
  for (let i = first; originNs + i * step <= view.toNs; i++) ticks.push(originNs + i * step);
  return ticks;
}

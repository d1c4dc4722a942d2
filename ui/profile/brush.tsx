import { useEffect, useRef, useState } from 'react';
import type { Profile } from '../../src/server/api.js';
import { formatDuration } from '../format.js';
import { LABEL_PX, plotWidth, prepare } from './canvas.js';
import type { Palette } from './palette.js';
import { clampView, nsOf, panned, xOf, type TimeView } from './time-view.js';
import type { ViewControl } from './use-time-view.js';

interface Grip { startX: number; lastX: number; moves: boolean }

/** The whole window with the path's colours; the box on it is what the lanes show. Drag inside moves it, outside draws a new one. */
export function Brush({ profile, control, palette }: { profile: Profile; control: ViewControl; palette: Palette }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(1);
  const [grip, setGrip] = useState<Grip | null>(null);
  const { view, change } = control;
  const whole: TimeView = { fromNs: 0, toNs: profile.windowNs };
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(plotWidth(canvas.current!)));
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => drawBrush(canvas.current!, profile, palette), [profile, palette, width]);

  const xAt = (event: React.PointerEvent): number => event.clientX - canvas.current!.getBoundingClientRect().left - LABEL_PX;
  const [left, right] = [xOf(whole, view.fromNs, width), xOf(whole, view.toNs, width)];
  const onDown = (event: React.PointerEvent): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const x = xAt(event);
    // A box that is the whole window cannot be moved: a drag in it draws one.
    setGrip({ startX: x, lastX: x, moves: x >= left - 3 && x <= right + 3 && right - left < width - 1 });
  };
  const onMove = (event: React.PointerEvent): void => {
    if (!grip) return;
    const x = xAt(event);
    const [a, b] = [nsOf(whole, grip.moves ? grip.lastX : grip.startX, width), nsOf(whole, x, width)];
    if (grip.moves) change((now) => panned(now, b - a, profile.windowNs));
    else if (Math.abs(x - grip.startX) > 3) change(() => clampView({ fromNs: Math.min(a, b), toNs: Math.max(a, b) }, profile.windowNs));
    setGrip({ ...grip, lastX: x });
  };
  return (
    <div className="tl-brush" title="The whole recorded window: drag to choose what is shown" onPointerDown={onDown} onPointerMove={onMove} onPointerUp={() => setGrip(null)} onPointerCancel={() => setGrip(null)} onDoubleClick={() => change(() => null)}>
      <canvas ref={canvas} role="img" aria-label={`The whole window of ${formatDuration(profile.windowNs)} with the path through it`} />
      <span className="muted">window of {formatDuration(profile.windowNs)}</span>
      <div className="tl-window" style={{ left: LABEL_PX + left, width: Math.max(3, right - left) }} />
    </div>
  );
}

const BAR_TOP = 6;
const BAR_PX = 10;

function drawBrush(canvas: HTMLCanvasElement, profile: Profile, palette: Palette): void {
  const context = prepare(canvas);
  const width = plotWidth(canvas);
  const whole: TimeView = { fromNs: 0, toNs: profile.windowNs };
  context.translate(LABEL_PX, 0);
  context.fillStyle = palette.colour('--bg-raised');
  context.fillRect(0, BAR_TOP, width, BAR_PX);
  for (const { startNs, endNs, kind } of profile.path) {
    const x = xOf(whole, startNs, width);
    context.fillStyle = palette.ledgerFill(kind);
    context.fillRect(x, BAR_TOP, Math.max(0.5, xOf(whole, endNs, width) - x), BAR_PX);
  }
}

import { useEffect, useMemo, useRef, useState } from 'react';
import { formatDuration, formatShare } from '../../format.js';
import { useThemeVersion } from '../../state/theme.js';
import { visible } from '../../wire-text.js';
import { makePalette } from '../palette.js';
import { useSize } from '../use-size.js';
import { drawFlame, infoOf, ROW_PX } from './draw-flame.js';
import type { FunctionInfo } from './functions.js';
import { firstAfter, neighbour, rectAt, type FlameLayout, type FlameRect } from './layout.js';
import { FlameTip } from './flame-tip.js';
import type { FlameNode } from './tree.js';

/** More rows scroll. */
const MOST_HEIGHT_PX = 20 * ROW_PX;

interface Props {
  layout: FlameLayout;
  functions: readonly FunctionInfo[];
  matches: ReadonlySet<number> | null;
  zoomed: FlameNode | null;
  otherTotal?: number | null;
  label: string;
  onZoom(node: FlameNode | null): void;
  onAround(id: number): void;
}

export function FlameGraph(props: Props) {
  const { layout, functions, matches, zoomed, otherTotal = null } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [cursor, setCursor] = useState<FlameRect | null>(null);
  const [hover, setHover] = useState<{ x: number; y: number } | null>(null);
  const size = useSize(canvas);
  const theme = useThemeVersion();
  const palette = useMemo(makePalette, [theme]);
  const place = (zoomed && layout.place.get(zoomed)) ?? null;
  const [from, to] = place ? [place.from, place.to] : [0, Math.max(1, layout.total)];
  useEffect(() => setCursor(null), [layout]);
  useEffect(() => drawFlame(canvas.current!, { layout, functions, from, to, scrollTop, cursor, matches, otherTotal }, palette), [layout, functions, from, to, scrollTop, cursor, matches, otherTotal, palette, size]);

  const hit = ({ x, y }: { x: number; y: number }): FlameRect | null => rectAt(layout, Math.floor((y + scrollTop) / ROW_PX), from + (x / size.width) * (to - from));
  const pointOf = (event: React.MouseEvent): { x: number; y: number } => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const zoomTo = (rect: FlameRect | null): void => props.onZoom(rect === null || rect.node.parent === null ? null : rect.node);
  const onClick = (event: React.MouseEvent): void => {
    const rect = hit(pointOf(event));
    if (!rect) return;
    setCursor(rect);
    if (event.altKey) props.onAround(rect.node.id);
    else zoomTo(rect);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const start = layout.rows[0] && layout.rows[0][firstAfter(layout.rows[0], from)];
    if (isArrow(event.key)) moveTo(cursor ? neighbour(layout, cursor, event.key) : start ?? null);
    else if (event.key === 'Enter' && cursor) zoomTo(cursor);
    else if (event.key === 'Escape' && zoomed) props.onZoom(null);
    else if (event.key === 's' && cursor && cursor.node.id >= 0) props.onAround(cursor.node.id);
    else return;
    event.preventDefault();
  };
  const scroller = useRef<HTMLDivElement>(null);
  const moveTo = (rect: FlameRect | null): void => {
    setCursor(rect);
    if (!rect) return;
    const top = rect.row * ROW_PX;
    scroller.current!.scrollTop = Math.max(top - scroller.current!.clientHeight + ROW_PX, Math.min(top, scroller.current!.scrollTop));
  };
  const whole = layout.rows.length * ROW_PX;
  const height = Math.min(whole, MOST_HEIGHT_PX);
  const hovered = hover && hit(hover);
  return (
    <div className="fl-frame">
      <div className="fl-scroll" ref={scroller} style={{ height }} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
        <div style={{ height: whole }}>
          <canvas ref={canvas} tabIndex={0} role="application" aria-label={`${props.label}. Arrow keys: callers, callees and neighbours; Enter: zoom; s: callers and callees; Escape: all.`} aria-describedby="fl-cursor" style={{ height }}
            onClick={onClick} onKeyDown={onKeyDown} onPointerMove={(event) => setHover(pointOf(event))} onPointerLeave={() => setHover(null)} onDoubleClick={() => props.onZoom(null)} />
        </div>
      </div>
      {hovered && <FlameTip rect={hovered} layout={layout} functions={functions} at={hover!} width={size.width} otherTotal={otherTotal} />}
      <p id="fl-cursor" className="visually-hidden" aria-live="polite">{cursor && `${visible(infoOf(functions, cursor.node.id).name, 200)}: ${formatDuration(cursor.node.ns)}, ${formatShare(cursor.node.ns / layout.total)}`}</p>
    </div>
  );
}

const isArrow = (key: string): key is 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' => key.startsWith('Arrow');

import './request-table.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RequestSummary } from '../../src/server/api.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, isReturn, navigate } from '../state/location.js';
import { RequestRow } from './request-row.js';

const ROW_PX = 26;
const OVERSCAN = 8;

const COLUMNS: ReadonlyArray<{ label: string; sort: string | null; number?: boolean; help?: string }> = [
  { label: 'Time', sort: 'start' }, { label: 'From → to', sort: 'service', help: '● marks the end that measured it' }, { label: 'Protocol', sort: 'protocol' }, { label: 'Request', sort: 'endpoint' },
  { label: 'Status', sort: 'status' }, { label: 'Duration', sort: 'duration', number: true }, { label: 'Stages', sort: null }, { label: 'Size', sort: 'responseBytes', number: true },
];

/** Where a list was left, for Back. */
const views = new Map<string, { top: number; cursor: string | null }>();

export interface RequestTableProps {
  viewKey: string;
  rows: readonly RequestSummary[];
  sort: string;
  onSort(sort: string): void;
  /** Asked when the end comes near. */
  onEnd?: () => void;
  onAtTop?: (atTop: boolean) => void;
  /** The pointer came over the rows, or left them. */
  onPointed?: (pointed: boolean) => void;
  onEscape?: () => void;
}

/** Only the rows in view exist; with 100,000 rows it is as quick as with ten. */
export function RequestTable({ viewKey, rows, sort, onSort, onEnd, onAtTop, onPointed, onEscape }: RequestTableProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [cursor, setCursor] = useState<string | null>(() => (isReturn() ? views.get(viewKey)?.cursor ?? null : null));
  const selected = cursor === null ? -1 : rows.findIndex((row) => row.id === cursor);

  useLayoutEffect(() => {
    const element = scroll.current!;
    if (isReturn()) element.scrollTop = views.get(viewKey)?.top ?? 0;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => { views.set(viewKey, { top: view.top, cursor }); }, [viewKey, view.top, cursor]);
  const onScroll = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = scroll.current!;
    setView({ top: scrollTop, height: clientHeight });
    onAtTop?.(scrollTop < ROW_PX);
    if (scrollHeight - scrollTop - clientHeight < 20 * ROW_PX) onEnd?.();
  };
  const select = (index: number): void => {
    if (rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setCursor(rows[next].id);
    const element = scroll.current!;
    const top = next * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW_PX - element.clientHeight;
  };
  useKeys({
    j: () => select(selected + 1), ArrowDown: () => select(selected + 1),
    k: () => select(selected - 1), ArrowUp: () => select(selected - 1),
    PageDown: () => select(selected + Math.floor(view.height / ROW_PX)), PageUp: () => select(selected - Math.floor(view.height / ROW_PX)),
    Home: () => select(0), End: () => select(rows.length - 1),
    Escape: () => (cursor === null ? onEscape?.() : setCursor(null)),
    ...(selected >= 0 ? { Enter: () => navigate(hrefTo(`/requests/${rows[selected].id}`)) } : {}),
  });
  useEffect(() => { if (scroll.current!.scrollHeight <= scroll.current!.clientHeight) onEnd?.(); }, [rows]);

  const first = Math.max(0, Math.floor(view.top / ROW_PX) - OVERSCAN);
  const shown = rows.slice(first, Math.ceil((view.top + view.height) / ROW_PX) + OVERSCAN);
  // Bars of what is in view share a scale: a few outliers elsewhere would make all of them invisible.
  const maxNs = Math.max(1, ...shown.map((row) => row.durationNs + (row.connectNs ?? 0)));
  return (
    <div className="rt" role="table" aria-label="Requests" aria-rowcount={rows.length}>
      <div className="rt-row rt-head" role="row">
        {COLUMNS.map((column) => <HeadCell key={column.label} {...column} sorted={sort} onSort={onSort} />)}
      </div>
      <div ref={scroll} className="rt-scroll" onScroll={onScroll} onPointerEnter={() => onPointed?.(true)} onPointerLeave={() => onPointed?.(false)} tabIndex={0} role="rowgroup" aria-label="Rows, j and k move, Enter opens">
        <div style={{ height: rows.length * ROW_PX }} />
        {shown.map((row, i) => (
          <RequestRow key={row.id} id={`row-${first + i}`} request={row} maxNs={maxNs} selected={first + i === selected} top={(first + i) * ROW_PX} />
        ))}
      </div>
    </div>
  );
}

function HeadCell({ label, sort, number, help, sorted, onSort }: { label: string; sort: string | null; number?: boolean; help?: string; sorted: string; onSort(sort: string): void }) {
  if (sort === null) return <span role="columnheader">{label}</span>;
  const direction = sorted === sort ? 'ascending' : sorted === `-${sort}` ? 'descending' : 'none';
  const next = direction === 'descending' ? sort : `-${sort}`;
  return (
    <span role="columnheader" aria-sort={direction} className={number ? 'number' : ''} title={help}>
      <button type="button" onClick={() => onSort(next)}>{label}{direction === 'ascending' ? ' ↑' : direction === 'descending' ? ' ↓' : ''}</button>
    </span>
  );
}

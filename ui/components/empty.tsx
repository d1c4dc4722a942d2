import type { ReactNode } from 'react';
import type { ApiError } from '../../src/server/api.js';

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return <div className="empty"><strong>{title}</strong>{children}</div>;
}

export function Problem({ error }: { error: ApiError | null }) {
  if (error === null) return null;
  return <div className="problem" role="alert"><strong>{error.message}</strong> {error.hint} <span className="muted">({error.code})</span></div>;
}

/** Losses, sampling, retention: said, in grey. */
export function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return <ul className="notes" aria-label="Notes">{notes.map((note) => <li key={note}>{note}</li>)}</ul>;
}

/** Rows of the height that the content will have. */
export function Skeleton({ rows, height = 18 }: { rows: number; height?: number }) {
  return (
    <div aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => <div key={i} className="skeleton" style={{ height, margin: '4px 0 8px' }} />)}
    </div>
  );
}

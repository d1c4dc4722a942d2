import type { ReactNode } from 'react';
import { hasOtherPages, hrefTo } from '../state/location.js';

/** To another request's page; in a saved profile, which knows none, its words alone. */
export function RequestLink({ id, children }: { id: string; children: ReactNode }) {
  return hasOtherPages() ? <a className="link" href={hrefTo(`/requests/${id}`)}>{children}</a> : <span>{children}</span>;
}

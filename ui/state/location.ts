/** The address is the state: pages read it, actions change it, Back works. */
import { useSyncExternalStore } from 'react';

export interface Place { path: string; params: URLSearchParams }

const listeners = new Set<() => void>();
let current: Place | null = null;
let cameBack = false;

let inFile = false;

/** From now on there is this one page, a file: its parameters stand after `#`, because a file has no query that could change. */
export function settleInFile(): void {
  inFile = true;
}

/** false: a saved file, from which no link leads to other requests. */
export const hasOtherPages = (): boolean => !inFile;

function read(): Place {
  if (inFile) return { path: '/', params: new URLSearchParams(location.hash.slice(1)) };
  return { path: location.pathname, params: new URLSearchParams(location.search) };
}

const here = (): string => (inFile ? location.hash : location.pathname + location.search);

function popped(): void {
  cameBack = true;
  changed();
}

function changed(): void {
  current = read();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', popped);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('popstate', changed);
  };
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => (current ??= read()));
}

export function navigate(href: string, replace = false): void {
  if (href === here()) return;
  cameBack = false;
  if (replace) history.replaceState(history.state, '', href);
  else history.pushState({ inside: true }, '', href);
  changed();
}

/** Did Back or Forward lead here? Then what was shown before is what is wanted. */
export function isReturn(): boolean {
  return cameBack;
}

/** To where the reader came from; opened by a link from elsewhere, to the page above. */
export function leave(above: string): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back();
  else navigate(above);
}

export type ParamPatch = Record<string, string | null>;

function withPatch(params: URLSearchParams, patch: ParamPatch): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === '') next.delete(key);
    else next.set(key, value);
  }
  return next;
}

function join(path: string, params: URLSearchParams): string {
  const text = params.toString();
  if (inFile) return `#${text}`;
  return text === '' ? path : `${path}?${text}`;
}

/** Changes parameters of the address, keeps the rest. */
export function setParams(patch: ParamPatch, replace = false): void {
  navigate(hrefHere(patch), replace);
}

/** Address of this page with other parameters. */
export function hrefHere(patch: ParamPatch): string {
  const { path, params } = read();
  return join(path, withPatch(params, patch));
}

/** What all pages share and a link carries along. */
const SHARED = ['range', 'from', 'to', 'filter'];

/** Address of another page in the same time range with the same filter, unless the patch says otherwise. */
export function hrefTo(path: string, patch: ParamPatch = {}): string {
  const params = new URLSearchParams();
  const now = new URLSearchParams(location.search);
  for (const key of SHARED) {
    const value = now.get(key);
    if (value !== null) params.set(key, value);
  }
  return join(path, withPatch(params, patch));
}

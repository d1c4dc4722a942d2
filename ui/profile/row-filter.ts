/** The timeline's filter: which threads stay, and which of their slices are shown. In words: `thread:pool log:timeout file:journal peer:5432 word`. */
import type { Slice, SliceKind, ThreadTimeline } from '../../src/server/api.js';
import type { TimelineModel } from './timeline-model.js';

export interface RowFilter {
  threads: string[];
  logs: string[];
  files: string[];
  peers: string[];
  words: string[];
  /** Empty: all. */
  kinds: ReadonlySet<SliceKind>;
}

type ListName = 'threads' | 'logs' | 'files' | 'peers';
const PREFIXES: Readonly<Record<string, ListName>> = { thread: 'threads', log: 'logs', file: 'files', peer: 'peers' };

export function readRowFilter(text: string, kinds: string): RowFilter {
  const filter = { threads: [] as string[], logs: [] as string[], files: [] as string[], peers: [] as string[], words: [] as string[] };
  for (const [, prefix, quoted, plain] of text.toLowerCase().matchAll(/(?:(thread|log|file|peer):)?(?:"([^"]*)"?|(\S+))/g)) {
    const value = quoted ?? plain;
    if (value !== '') filter[prefix ? PREFIXES[prefix] : 'words'].push(value);
  }
  return { ...filter, kinds: new Set(kinds.split(',').filter((kind) => kind !== '') as SliceKind[]) };
}

export const isEmpty = ({ threads, logs, files, peers, words, kinds }: RowFilter): boolean => threads.length + logs.length + files.length + peers.length + words.length + kinds.size === 0;

const has = (text: string, part: string): boolean => text.toLowerCase().includes(part);

function sliceFits({ files, peers, kinds }: RowFilter, { kind, object }: Slice): boolean {
  if (kinds.size > 0 && !kinds.has(kind)) return false;
  if (files.length > 0 && !(kind === 'file' && files.every((part) => has(object, part)))) return false;
  return peers.length === 0 || ((kind === 'network' || kind === 'idle') && peers.every((part) => has(object, part)));
}

/** 1 for each slice that is to be shown; null: the thread is not. */
export type Shown = Uint8Array | null;

/** Remembers its answers: a thread's slices are looked at once a filter, not once a frame. */
export class RowMatcher {
  readonly #shown = new Map<ThreadTimeline, Shown>();
  readonly isEmpty: boolean;

  constructor(readonly filter: RowFilter, private readonly model: Pick<TimelineModel, 'logsByTid' | 'callsByTid'>) {
    this.isEmpty = isEmpty(filter);
  }

  shown(thread: ThreadTimeline): Shown {
    const known = this.#shown.get(thread);
    if (known !== undefined) return known;
    const made = this.#match(thread);
    this.#shown.set(thread, made);
    return made;
  }

  #match(thread: ThreadTimeline): Shown {
    const { threads, logs, words, files, peers, kinds } = this.filter;
    const lines = this.model.logsByTid.get(thread.tid) ?? [];
    const isNamed = (part: string): boolean => has(thread.name, part) || String(thread.tid) === part;
    const isLogged = (part: string): boolean => lines.some((line) => line.includes(part));
    if (!threads.every(isNamed) || !logs.every(isLogged)) return null;
    // Words that name the thread, or stand in its log, ask nothing of its slices.
    const ofSlices = words.filter((part) => !isNamed(part) && !isLogged(part));
    const shown = Uint8Array.from(thread.slices, (slice) => Number(sliceFits(this.filter, slice) && ofSlices.every((part) => has(slice.object, part) || has(slice.syscall, part))));
    const asksSlices = ofSlices.length + files.length + peers.length + kinds.size > 0;
    if (asksSlices && !shown.includes(1) && !this.#hasCall(thread, ofSlices)) return null;
    return shown;
  }

  /** A thread of an event loop is found by whom it called, too. */
  #hasCall({ tid }: ThreadTimeline, words: readonly string[]): boolean {
    const wanted = [...this.filter.peers, ...words];
    if (wanted.length === 0 || this.filter.files.length + this.filter.kinds.size > 0) return false;
    return (this.model.callsByTid.get(tid) ?? []).some(({ service, endpoint, peer }) => wanted.every((part) => has(`${service} ${endpoint} ${peer ?? ''}`, part)));
  }
}

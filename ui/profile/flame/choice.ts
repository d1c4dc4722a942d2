/** What the flame graph is of, as it stands in the address: a part of the profile, and how it is looked at. */
import type { Profile } from '../../../src/server/api.js';
import { hrefHere, setParams, type ParamPatch } from '../../state/location.js';
import type { SliceRef } from '../lanes.js';
import type { RangeSelection } from '../selection.js';
import { isBlocked, pathPieces, pathThreads, type FlameMode, type Piece } from './scope.js';

/** `path`: what explains the request; the others: what is selected in the timeline; `all`: every thread, the whole window. */
export type Of = 'path' | 'slice' | 'thread' | 'range' | 'all';

export interface FlameChoice {
  of: Of;
  mode: FlameMode;
  find: string;
  invert: boolean;
  /** `module!name` of the function whose callers and callees are shown; '' for the whole. */
  around: string;
  /** Function ids from the root to the zoomed node. */
  zoom: number[];
}

const OFS: readonly Of[] = ['path', 'slice', 'thread', 'range', 'all'];

/** What may be chosen, given what is selected. */
export function offered(pinned: SliceRef | null, range: RangeSelection | null): Of[] {
  return OFS.filter((of) => (of === 'range' ? range !== null : of === 'slice' || of === 'thread' ? pinned !== null : true));
}

function preferred(profile: Profile, pinned: SliceRef | null, range: RangeSelection | null): Of {
  if (range) return 'range';
  const slice = pinned?.thread.slices[pinned.index];
  if (!slice) return 'path';
  if (slice.kind !== 'running') return slice.stack === undefined ? 'path' : 'slice';
  return profile.stacks.samples.some(({ tid, ns }) => tid === pinned!.thread.tid && ns >= slice.startNs && ns < slice.endNs) ? 'slice' : 'path';
}

export function readChoice(params: URLSearchParams, profile: Profile, pinned: SliceRef | null, range: RangeSelection | null): FlameChoice {
  const offers = offered(pinned, range);
  const of = offers.find((one) => one === params.get('of')) ?? preferred(profile, pinned, range);
  const slice = of === 'slice' ? pinned!.thread.slices[pinned!.index] : null;
  const asked = params.get('flame');
  const mode = asked === 'off' || asked === 'cpu' ? asked : slice && isBlocked(slice) ? 'off' : 'cpu';
  return { of, mode, find: params.get('find') ?? '', invert: params.get('invert') === '1', around: params.get('fn') ?? '', zoom: readIds(params.get('at')) };
}

/** Of a node; none when the address says nothing that could be one. */
export function readIds(text: string | null): number[] {
  return text !== null && /^\d{1,6}(\.\d{1,6}){0,300}$/.test(text) ? text.split('.').map(Number) : [];
}

export function piecesOf(profile: Profile, { of, mode }: FlameChoice, pinned: SliceRef | null, range: RangeSelection | null): Piece[] {
  const whole = { fromNs: 0, toNs: profile.windowNs };
  if (of === 'range' && range) return range.tids.length === 0 ? [{ tid: null, ...range }] : range.tids.map((tid) => ({ tid, fromNs: range.fromNs, toNs: range.toNs }));
  if (of === 'slice' && pinned) {
    const { startNs, endNs } = pinned.thread.slices[pinned.index];
    return [{ tid: pinned.thread.tid, fromNs: startNs, toNs: endNs }];
  }
  if (of === 'thread' && pinned) return [{ tid: pinned.thread.tid, ...whole }];
  if (of === 'all') return [{ tid: null, ...whole }];
  return mode === 'cpu' ? pathPieces(profile) : pathThreads(profile);
}

/** Another graph: where the old one was zoomed to means nothing in it. */
const AFRESH: ParamPatch = { at: null };
export const changeGraph = (patch: ParamPatch): void => setParams({ ...AFRESH, ...patch }, true);
export const graphHref = (patch: ParamPatch): string => hrefHere({ ...AFRESH, ...patch });

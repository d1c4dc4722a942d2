/** How each kind of frame looks and is called. Quieter than the kinds of time: names are read here, not colours. */
import type { FlameFrameKind } from './functions.js';

export interface FrameLook { word: string; token: string }

export const FRAME_LOOKS: Readonly<Record<FlameFrameKind, FrameLook>> = {
  native: { word: 'native', token: '--frame-native' }, javascript: { word: 'JavaScript', token: '--frame-javascript' }, java: { word: 'Java', token: '--frame-java' },
  go: { word: 'Go', token: '--frame-go' }, interpreter: { word: 'interpreter', token: '--frame-interpreter' }, kernel: { word: 'kernel', token: '--frame-kernel' },
  process: { word: 'process', token: '--bg-selected' }, unknown: { word: 'no symbol', token: '--frame-unknown' }, truncated: { word: 'stack cut short', token: '--stripe' }, root: { word: 'all', token: '--bg-raised' },
};

export const frameLook = (kind: FlameFrameKind): FrameLook => FRAME_LOOKS[kind] ?? FRAME_LOOKS.unknown;

/** What carries a pattern besides its colour. */
export const isPatterned = (kind: FlameFrameKind): boolean => kind === 'kernel' || kind === 'truncated';

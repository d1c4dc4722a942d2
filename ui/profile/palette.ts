/** The looks of kinds as a canvas takes them; made anew whenever the theme changes. */
import type { LedgerKind, SliceKind } from '../../src/server/api.js';
import { tokenColour } from '../state/theme.js';
import { ledgerLook, SLICE_LOOKS, type KindLook } from './kinds.js';

export interface Palette {
  fill(kind: SliceKind): string | CanvasPattern;
  ledgerFill(kind: LedgerKind): string | CanvasPattern;
  /** Of words on a slice. */
  textOn(kind: SliceKind): string;
  colour(token: string): string;
  pattern(pattern: Exclude<KindLook['pattern'], 'solid'>, token: string): string | CanvasPattern;
  /** So much (0..1) of one colour on another. */
  mix(token: string, onto: string, share: number): string;
}

const TILE_PX = 6;

const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
const mixed = (one: readonly number[], other: readonly number[], share: number): string => `rgb(${one.map((value, i) => Math.round(value * share + other[i] * (1 - share))).join(' ')})`;

function remembered3(make: (token: string, onto: string, share: number) => string): Palette['mix'] {
  const made = remembered((key) => { const [token, onto, share] = key.split(' '); return make(token, onto, Number(share)); });
  return (token, onto, share) => made(`${token} ${onto} ${share.toFixed(2)}`);
}

export function makePalette(): Palette {
  const colours = remembered((token: string) => tokenColour(token));
  const fills = remembered((key: string) => {
    const [token, pattern] = key.split(' ') as [string, KindLook['pattern']];
    return pattern === 'solid' ? colours(token) : patternFill(pattern, colours(token), colours('--on-colour'), colours('--bg'));
  });
  const fillOf = (look: KindLook): string | CanvasPattern => fills(`${look.token} ${look.pattern}`);
  const lookOf = (kind: SliceKind): KindLook => SLICE_LOOKS[kind] ?? SLICE_LOOKS.other;
  return {
    fill: (kind) => fillOf(lookOf(kind)), ledgerFill: (kind) => fillOf(ledgerLook(kind)),
    textOn: (kind) => colours(lookOf(kind).textToken), colour: colours,
    pattern: (pattern, token) => fills(`${token} ${pattern}`),
    mix: remembered3((token, onto, share) => mixed(channels(colours(token)), channels(colours(onto)), share)),
  };
}

function remembered<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
}

function patternFill(pattern: Exclude<KindLook['pattern'], 'solid'>, colour: string, ink: string, background: string): string | CanvasPattern {
  const tile = document.createElement('canvas');
  tile.width = tile.height = TILE_PX;
  const context = tile.getContext('2d')!;
  context.fillStyle = pattern === 'stripe' ? background : colour;
  context.fillRect(0, 0, TILE_PX, TILE_PX);
  context.strokeStyle = pattern === 'stripe' ? colour : ink;
  context.globalAlpha = pattern === 'stripe' ? 1 : 0.45;
  context.lineWidth = pattern === 'stripe' ? 2 : 1;
  context.beginPath();
  // Thrice, so that a line leaves and enters at the tile's edges.
  for (const shift of [-TILE_PX, 0, TILE_PX]) {
    context.moveTo(pattern === 'bars' ? 2.5 : shift, pattern === 'bars' ? 0 : TILE_PX);
    context.lineTo(pattern === 'bars' ? 2.5 : shift + TILE_PX, pattern === 'bars' ? TILE_PX : 0);
    if (pattern === 'bars') break;
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

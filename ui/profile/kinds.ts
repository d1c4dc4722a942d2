/** How each kind of time looks and is called: one row a kind, for bars, timelines and their legends. */
import type { LedgerKind, SliceKind } from '../../src/server/api.js';

/** `hatch`, `stripe` and `bars` tell kinds apart where colour alone would not. */
export type Pattern = 'solid' | 'hatch' | 'stripe' | 'bars';

export interface KindLook {
  word: string;
  /** Names in tokens.css: of the colour, and of text on it. */
  token: string;
  textToken: string;
  pattern: Pattern;
}

const look = (word: string, token: string, pattern: Pattern = 'solid', textToken = '--on-colour'): KindLook => ({ word, token, textToken, pattern });

const CPU = look('on CPU', '--cpu');
const RUN_QUEUE = look('waiting for a CPU', '--run-queue', 'hatch');
const LOCK = look('lock', '--lock');
const FILE = look('file and disk', '--disk');
const FAULT = look('memory', '--memory');
const SLEEP = look('sleep', '--idle', 'bars', '--text');
const IDLE = look('idle', '--idle', 'solid', '--text');
const OTHER = look('other system call', '--ink-3');

export const LEDGER_LOOKS: Readonly<Record<LedgerKind, KindLook>> = {
  cpu: CPU, run_queue: RUN_QUEUE, lock: LOCK, peer: look('waiting for a peer', '--peer'), file: FILE, fault: FAULT, sleep: SLEEP,
  other_request: look('other requests', '--ink-2', 'bars', '--on-ink'), idle: IDLE, other: OTHER,
  throttled: look('held back by its CPU limit', '--run-queue', 'bars'), pool: look('waiting for its own threads', '--lock', 'bars'),
  wire: look('the network itself', '--wire'), gc: look('garbage collection', '--memory', 'bars'), unread: look('unread in the socket', '--peer', 'hatch'),
  unexplained: look('unexplained', '--stripe', 'stripe', '--text'),
};

export const SLICE_LOOKS: Readonly<Record<SliceKind, KindLook>> = {
  running: CPU, run_queue: RUN_QUEUE, lock: LOCK, network: look('network', '--peer'), file: FILE, fault: FAULT, sleep: SLEEP, idle: IDLE, other: OTHER,
};

/** A kind of a newer agent than this page is time like any other. */
export const ledgerLook = (kind: LedgerKind): KindLook => LEDGER_LOOKS[kind] ?? { ...OTHER, word: kind };
export const sliceLook = (kind: SliceKind): KindLook => SLICE_LOOKS[kind] ?? { ...OTHER, word: kind };

const ANGLES: Readonly<Record<Exclude<Pattern, 'solid'>, string>> = { hatch: '135deg', stripe: '135deg', bars: '90deg' };

export function cssBackground({ token, pattern }: KindLook): { backgroundColor: string; backgroundImage?: string } {
  if (pattern === 'solid') return { backgroundColor: `var(${token})` };
  return patternBackground(token, pattern);
}

export function patternBackground(token: string, pattern: Exclude<Pattern, 'solid'>): { backgroundColor: string; backgroundImage: string } {
  if (pattern === 'stripe') return { backgroundColor: 'var(--bg)', backgroundImage: `repeating-linear-gradient(135deg, var(${token}) 0 2px, transparent 2px 6px)` };
  const line = `color-mix(in srgb, var(${token}) 60%, var(--on-colour))`;
  return { backgroundColor: `var(${token})`, backgroundImage: `repeating-linear-gradient(${ANGLES[pattern]}, ${line} 0 1px, transparent 1px 5px)` };
}

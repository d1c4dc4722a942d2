/**
 * Names for stacks, from a child process that is started when it is first wanted, watched, and started again when it dies or hangs. A file that
 * it died of is read with less (no debug information), the second time not at all.
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { NAMES_TO_COME } from '../profile/stacks.js';
import { ABOUT_FD, type FromChild, type ToChild } from './messages.js';
import type { NamedStacks, StackItem, StackNamer } from './stack-request.js';
import type { Result } from './stack-work.js';

export interface SymbolizerOptions {
  /** Without a sign of life for so long it is taken to hang. */
  stuckMs?: number;
  /** Above this it is replaced by a fresh one as soon as it has nothing to do. */
  memoryBytes?: number;
  /** Told the pid of each child, to be left out of tracing. */
  onStarted?: (pid: number) => void;
}

interface Pending {
  items: readonly StackItem[];
  withinMs: number;
  sinceMs: number;
  crashes: number;
  /** Resolves what `symbolize` returned; null once it is. */
  first: ((result: NamedStacks) => void) | null;
  whole: (result: NamedStacks) => void;
  later: Promise<NamedStacks>;
}

/**
 * Stacks are many small copies: in a few arenas, and a small young generation, they take half of what they do by default. Symbol tables are large
 * pieces that grow: outside of the arenas they leave no holes.
 */
const THRIFT = {
  execArgv: ['--max-old-space-size=256', '--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' },
};
const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));
const WITHIN_MS = 1_500;
/** A first answer of the child's has names; it is waited for so much longer than it was given. */
const BUSY_MS = 400;
const STUCK_MS = 15_000;
/** On a busy machine: it gives way to everything else. */
const STARTING_MS = 30_000;
/** Signs of life or not. */
const LONGEST_MS = 60_000;
const MEMORY_BYTES = 512 * 1024 * 1024;
const CRASHES_OF_ONE = 4;
const PIDS_KEPT = 256;
const BACK_OFF_MS = { first: 50, longest: 5_000 };

export class Symbolizer implements StackNamer {
  #child: ChildProcess | null = null;
  #closing = false;
  #nextId = 1;
  #about = '';
  /** Why there will never be names; '' as far as is known. */
  #unable = '';
  #aliveMs = 0;
  #started = false;
  #backOffMs = BACK_OFF_MS.first;
  #retry: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  readonly #pending = new Map<number, Pending>();
  readonly #noticed = new Set<number>();
  readonly #distrust = new Map<string, 'source' | 'whole'>();
  /** Children that died or were ended because they hung. */
  crashes = 0;

  constructor(private readonly options: SymbolizerOptions = {}) {}

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Files that are read with less, or not at all, because a child died of them. */
  get distrusted(): ReadonlyMap<string, 'source' | 'whole'> {
    return this.#distrust;
  }

  notice(pids: readonly number[]): void {
    if (this.#closing || this.#unable !== '') return;
    for (const pid of pids) {
      this.#noticed.delete(pid);
      this.#noticed.add(pid);
      if (this.#noticed.size > PIDS_KEPT) for (const oldest of this.#noticed) { this.#noticed.delete(oldest); break; }
    }
    if (this.#child === null) this.#start();
    else this.#post({ type: 'notice', pids: [...pids] });
  }

  symbolize(items: readonly StackItem[], { withinMs = WITHIN_MS }: { withinMs?: number } = {}): Promise<NamedStacks> {
    if (items.length === 0) return Promise.resolve({ frames: [], stacks: [], of: [], notes: [], pending: false, later: null });
    if (this.#closing || this.#unable !== '') return Promise.resolve(withoutNames(items, this.#unable || 'the symbolizer is closed'));
    const id = this.#nextId++;
    return new Promise((first) => {
      let whole!: (result: NamedStacks) => void;
      const later = new Promise<NamedStacks>((resolve) => { whole = resolve; });
      const pending: Pending = { items, withinMs, sinceMs: performance.now(), crashes: 0, first, whole, later };
      this.#pending.set(id, pending);
      setTimeout(() => answerWithout(pending), withinMs + BUSY_MS).unref();
      if (this.#child === null) return this.#start();
      this.#keepAlive();
      this.#post({ type: 'symbolize', id, items, withinMs });
    });
  }

  #start(): void {
    if (this.#retry !== null || this.#closing) return;
    const child = fork(CHILD, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'], execArgv: THRIFT.execArgv, env: { ...process.env, ...THRIFT.env } });
    this.#child = child;
    this.#about = '';
    this.#aliveMs = performance.now();
    this.#started = false;
    child.on('message', (message: FromChild) => this.#receive(message));
    child.on('error', () => undefined);
    child.on('exit', () => this.#ended(child));
    createInterface(child.stdio[ABOUT_FD] as Readable).on('line', (key) => {
      this.#aliveMs = performance.now();
      this.#about = key;
    });
    child.stdio[ABOUT_FD]?.on('error', () => undefined);
    if (child.pid !== undefined) this.options.onStarted?.(child.pid);
    this.#keepAlive();
    this.#post({ type: 'start', distrust: [...this.#distrust] });
    this.#post({ type: 'notice', pids: [...this.#noticed] });
    for (const [id, { items, withinMs }] of this.#pending) this.#post({ type: 'symbolize', id, items, withinMs });
    this.#watch ??= setInterval(() => this.#lookAfter(), 500).unref();
  }

  /** A child that nobody waits for is no reason for the agent to stay alive. */
  #keepAlive(): void {
    const child = this.#child;
    if (child === null) return;
    const verb = this.#pending.size > 0 ? 'ref' : 'unref';
    child[verb]();
    child.channel?.[verb]();
    (child.stdio[ABOUT_FD] as Socket | null | undefined)?.[verb]();
  }

  #post(message: ToChild): void {
    // A broken pipe shows up as `exit`; what was asked is kept and sent again.
    this.#child?.send(message, () => undefined);
  }

  #lookAfter(): void {
    const nowMs = performance.now();
    const limitMs = this.#started ? this.options.stuckMs ?? STUCK_MS : STARTING_MS;
    let stuck = this.#pending.size > 0 && nowMs - this.#aliveMs > limitMs;
    for (const [id, pending] of this.#pending) {
      if (nowMs - pending.sinceMs < LONGEST_MS) continue;
      stuck = true;
      this.#pending.delete(id);
      settle(pending, withoutNames(pending.items, 'looking up names took too long'));
    }
    if (stuck) this.#child?.kill('SIGKILL');
  }

  #receive(message: FromChild): void {
    this.#aliveMs = performance.now();
    this.#started = true;
    if (message.type === 'unable') return this.#giveUp(message.reason);
    if (message.type !== 'named') return;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.whole) {
      this.#pending.delete(message.id);
      this.#backOffMs = BACK_OFF_MS.first;
      this.#keepAlive();
      settle(pending, message.result);
    } else if (pending.first !== null) {
      pending.first({ ...message.result, pending: true, later: pending.later });
      pending.first = null;
    }
    if (message.residentBytes > (this.options.memoryBytes ?? MEMORY_BYTES) && this.#pending.size === 0) this.#replace();
  }

  /** Another child could do no more. */
  #giveUp(reason: string): void {
    this.#unable = `names cannot be looked up: ${reason}`;
    for (const pending of this.#pending.values()) settle(pending, withoutNames(pending.items, this.#unable));
    this.#pending.clear();
    this.#child?.kill('SIGTERM');
    this.#child = null;
  }

  /** Its caches have grown large: the next one begins with none. */
  #replace(): void {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGTERM');
    if (this.#noticed.size > 0) this.#start();
  }

  #ended(child: ChildProcess): void {
    if (child !== this.#child) return;
    this.#child = null;
    if (this.#closing) return;
    this.crashes++;
    if (this.#about !== '') this.#distrust.set(this.#about, this.#distrust.has(this.#about) ? 'whole' : 'source');
    for (const [id, pending] of this.#pending) {
      if (++pending.crashes < CRASHES_OF_ONE) continue;
      this.#pending.delete(id);
      settle(pending, withoutNames(pending.items, `looking up names failed ${pending.crashes} times`));
    }
    if (this.#pending.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#start();
    }, this.#backOffMs);
    this.#backOffMs = Math.min(this.#backOffMs * 2, BACK_OFF_MS.longest);
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#watch !== null) clearInterval(this.#watch);
    for (const pending of this.#pending.values()) settle(pending, withoutNames(pending.items, 'the symbolizer is closed'));
    this.#pending.clear();
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }
}

function settle(pending: Pending, result: Result): void {
  const whole: NamedStacks = { ...result, pending: false, later: null };
  pending.first?.(whole);
  pending.first = null;
  pending.whole(whole);
}

/** It starts, or is busy with another's stacks: the names of this one come later. */
function answerWithout(pending: Pending): void {
  pending.first?.({ ...withoutNames(pending.items, NAMES_TO_COME), pending: true, later: pending.later });
  pending.first = null;
}

function withoutNames(items: readonly StackItem[], why: string): NamedStacks {
  return { frames: [], stacks: [{ frames: [], truncated: why }], of: items.map(() => 0), notes: [], pending: false, later: null };
}

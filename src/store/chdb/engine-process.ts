/** Starts the engine's process and starts it again with back-off when it dies; keeps what was not yet answered. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StoreError, engineError, type StoreErrorCode } from '../errors.js';
import type { EngineOptions, FromChild, ToChild } from './messages.js';

type Call = Extract<ToChild, { id: number }>;
interface Pending {
  call: Call;
  /** A statement that took the engine down twice is not tried again. */
  crashes: number;
  resolve: (text: string) => void;
  reject: (error: Error) => void;
  onBlock: ((text: string) => void) | null;
}

const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;
const ATTEMPTS_TO_OPEN = 3;
const CLOSE_GRACE_MS = 10_000;
const STDERR_KEPT = 2_000;
const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

export class EngineProcess {
  private child: ChildProcess | null = null;
  private opened = false;
  private closing = false;
  private nextId = 1;
  private backOffMs = FIRST_BACK_OFF_MS;
  private retry: NodeJS.Timeout | null = null;
  private readonly pending = new Map<number, Pending>();
  private stderrTail = '';
  version = '';
  restarts = 0;
  lastCrash = '';

  constructor(private readonly options: EngineOptions) {}

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get up(): boolean {
    return this.opened;
  }

  /** Resolves when the engine is ready the first time; rejects when it refuses (locked, not installed). */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.spawn(resolve, reject));
  }

  private spawn(onOpened: () => void, onRefused: (error: StoreError) => void): void {
    // Queries run on libuv's threads, one each; the default of 4 is shared with file reads.
    const child = fork(CHILD, [], {
      serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--max-old-space-size=128'],
      env: { ...process.env, UV_THREADPOOL_SIZE: String(this.options.querySessions + 4) },
    });
    this.child = child;
    let refused: StoreError | null = null;
    child.stderr?.on('data', (chunk: Buffer) => { this.stderrTail = (this.stderrTail + chunk.toString('utf8')).slice(-STDERR_KEPT); });
    child.on('message', (message: FromChild) => {
      if (message.type === 'opened') {
        this.ready(message.version);
        onOpened();
      } else if (message.type === 'refused') {
        refused = new StoreError(message.code as StoreErrorCode, message.message, message.hint);
      } else this.answer(message);
    });
    child.on('error', () => undefined);
    child.on('exit', (code, signal) => {
      const wasOpen = this.opened;
      this.child = null;
      this.opened = false;
      if (this.closing) return this.rejectAll(closedError());
      const reason = signal === null ? `exit code ${code}` : `signal ${signal}`;
      if (refused !== null && this.version === '') return onRefused(refused);
      this.lastCrash = refused?.message ?? `The store's engine ended with ${reason}. ${this.stderrTail.split('\n').filter(Boolean).at(-1) ?? ''}`.trim();
      this.afterCrash(wasOpen, onOpened, onRefused);
    });
    this.post({ type: 'open', options: this.options });
  }

  private ready(version: string): void {
    this.version = version;
    this.opened = true;
    for (const { call } of this.pending.values()) this.post(call);
  }

  /** @param wasOpen else it did not come as far as any call, and none is to blame */
  private afterCrash(wasOpen: boolean, onOpened: () => void, onRefused: (error: StoreError) => void): void {
    for (const [id, call] of this.pending) {
      if (wasOpen) call.crashes++;
      if (call.crashes < 3 && call.onBlock === null) continue;
      this.pending.delete(id);
      call.reject(new StoreError('store_crashed', this.lastCrash, 'The engine was started again. If one view causes this, choose a shorter time range and report it.'));
    }
    this.restarts++;
    if (this.version === '' && this.restarts >= ATTEMPTS_TO_OPEN) {
      return onRefused(new StoreError('store_crashed', this.lastCrash, 'If the store directory is damaged, move it away; run with --store off meanwhile.'));
    }
    this.retry = setTimeout(() => this.spawn(onOpened, onRefused), this.backOffMs);
    this.backOffMs = Math.min(this.backOffMs * 2, LONGEST_BACK_OFF_MS);
  }

  private answer(message: Exclude<FromChild, { type: 'opened' | 'refused' }>): void {
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    if (message.type === 'block') return pending.onBlock?.(message.text);
    this.pending.delete(message.id);
    this.backOffMs = FIRST_BACK_OFF_MS;
    if (message.type === 'done') pending.resolve(message.text);
    else pending.reject(engineError(message.message));
  }

  private post(message: ToChild): void {
    // A broken pipe shows up as `exit`; the call is kept and sent again.
    this.child?.send(message, () => undefined);
  }

  /** @param build makes the message once its id is known */
  call(build: (id: number) => Call, onBlock: ((text: string) => void) | null = null): Promise<string> {
    if (this.closing) return Promise.reject(closedError());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const call = build(id);
      this.pending.set(id, { call, crashes: 0, resolve, reject, onBlock });
      if (this.opened) this.post(call);
    });
  }

  /** For a running stream: send the next block, or stop. */
  more(id: number, go: boolean): void {
    this.post({ type: 'more', id, go });
  }

  async close(): Promise<void> {
    this.closing = true;
    if (this.retry !== null) clearTimeout(this.retry);
    const child = this.child;
    if (child === null) return this.rejectAll(closedError());
    await new Promise<void>((resolve) => {
      const kill = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS);
      child.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      this.post({ type: 'close' });
    });
  }

  private rejectAll(error: StoreError): void {
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }
}

const closedError = (): StoreError => new StoreError('store_closed', 'The store is closed.', 'Start the agent again.');

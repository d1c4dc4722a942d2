/** The command as a user starts it, and its page's API, from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentHealth, LiveTick, RequestList, RequestSummary } from '../../src/server/api.js';
import { SLOW } from '../servers/slow.js';

export { SLOW };

export const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface KindlingResult { code: number | null; stdout: string; stderr: string }

export interface StartOptions { env?: Record<string, string>; cwd?: string; command?: string[] }

export class Kindling implements AsyncDisposable {
  stdout = '';
  stderr = '';
  readonly ended: Promise<KindlingResult>;

  private constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => { this.stdout += text; });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.stderr += text; });
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })));
  }

  static start(args: string[], { env, cwd, command = [process.execPath, MAIN] }: StartOptions = {}): Kindling {
    const [file, ...rest] = [...command, ...args];
    return new Kindling(spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, KINDLING_REQUIRE_SCOPE: '1', NO_COLOR: '1', ...env } }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asked to end, it ends in order. */
  async stop(): Promise<KindlingResult> {
    if (this.running) this.kill('SIGTERM');
    return this.ended;
  }

  /** A test that fails in between leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.kill('SIGKILL'), 15_000 * SLOW);
    await this.stop();
    clearTimeout(timer);
  }

  /** The first match in what it prints. */
  async printed(stream: 'stdout' | 'stderr', pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + timeoutMs * SLOW; Date.now() < end; await delay(20)) {
      const match = pattern.exec(this[stream]);
      if (match) return match;
      if (!this.running) break;
    }
    throw new Error(`kindling ${this.running ? 'did not print' : 'ended before'} ${pattern}:\n${this.stdout.slice(-2000)}\n${this.stderr.slice(-2000)}`);
  }
}

/** A started agent; resolves when its hooks are attached. */
export class Agent implements AsyncDisposable {
  private constructor(readonly process: Kindling, readonly url: string) {}

  /** @param args scope and options of `kindling agent`; the address and --json are added */
  static async start(args: string[], options: StartOptions = {}): Promise<Agent> {
    const kindling = Kindling.start(['agent', '--json', '--listen', '127.0.0.1:0', ...args], options);
    try {
      const [line] = await kindling.printed('stdout', /\{.*\}\n/, 60_000);
      return new Agent(kindling, (JSON.parse(line) as { url: string }).url);
    } catch (error) {
      await kindling[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(new URL(path, this.url));
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return await response.json() as T;
  }

  health(): Promise<AgentHealth> {
    return this.get('/api/agent');
  }

  /** The first rows, newest first. An answer of a busy store may end early, with a cursor to go on from. */
  async list(filter: string, limit = 1000): Promise<RequestList> {
    const page = (more: Record<string, string>): Promise<RequestList> => this.get(`/api/requests?${new URLSearchParams({ filter, limit: String(limit), ...more })}`);
    const list = await page({});
    for (let next = list.nextCursor; next !== null && list.rows.length < limit;) {
      const further = await page({ cursor: next });
      list.rows.push(...further.rows);
      next = further.nextCursor;
    }
    return { ...list, rows: list.rows.slice(0, limit) };
  }

  /** Rows that match, once there are so many. */
  async rows(filter: string, count: number, timeoutMs = 10_000): Promise<RequestSummary[]> {
    return (await this.until(() => this.list(filter), (list) => list.rows.length >= count, `${count} requests ${filter}`, timeoutMs)).rows;
  }

  /** The first answer that satisfies; a busy machine takes its time. */
  async until<T>(ask: () => Promise<T>, isEnough: (answer: T) => boolean, what: string, timeoutMs = 10_000): Promise<T> {
    for (const end = Date.now() + timeoutMs * SLOW; ; await delay(50)) {
      const answer = await ask();
      if (isEnough(answer)) return answer;
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}; last answer: ${JSON.stringify(answer).slice(0, 1500)}`);
    }
  }

  /** The next tick of the live tail that satisfies. */
  async tick(isEnough: (tick: LiveTick) => boolean, timeoutMs = 20_000): Promise<LiveTick> {
    const response = await fetch(new URL('/api/live', this.url), { signal: AbortSignal.timeout(timeoutMs * SLOW) });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      for (const match of text.matchAll(/event: tick\ndata: (.*)\n\n/g)) {
        const tick = JSON.parse(match[1]) as LiveTick;
        if (isEnough(tick)) return tick;
      }
    }
    throw new Error('the live tail ended');
  }
}

/** Resident memory now and at its highest, bytes. */
export function memoryOf(pid: number): { rssBytes: number; peakBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { rssBytes: kilobytes('VmRSS') * 1024, peakBytes: kilobytes('VmHWM') * 1024 };
}

/** The demo as a user starts it, from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { findCgroup2 } from '../servers/index.js';

const program = fileURLToPath(new URL('../../demo/run.js', import.meta.url));

export class DemoProcess {
  output = '';
  readonly ended: Promise<number | string>;
  private constructor(private readonly child: ChildProcess) {
    const take = (text: string) => { this.output += text; };
    child.stdout!.setEncoding('utf8').on('data', take);
    child.stderr!.setEncoding('utf8').on('data', take);
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? -1)));
  }

  static start(args: string[]): DemoProcess {
    return new DemoProcess(spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** A test that fails in between must not leave a demo behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.kill('SIGTERM');
    await this.ended;
  }

  /** The first match in what it prints. */
  async printed(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(50)) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.child.exitCode !== null) break;
    }
    throw new Error(`the demo did not print ${pattern}:\n${this.output.slice(-3000)}`);
  }

  /** Folders and cgroups with its process id in their names. */
  leftovers(): string[] {
    const own = (folder: string) => readdirSync(folder).filter((name) => name.startsWith(`kindling-demo-${this.pid}-`)).map((name) => `${folder}/${name}`);
    return [...own(tmpdir()), ...own(findCgroup2())].filter((path) => existsSync(path));
  }

  async leftNothing(timeoutMs = 8000): Promise<boolean> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(100)) if (this.leftovers().length === 0) return true;
    return false;
  }
}

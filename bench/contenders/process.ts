/** A watching program: started in the watchers' cgroup, known to be ready by what it prints, ended by its id. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { launch, type LaunchOptions } from '../../test/servers/launch.js';

/** A store may have much to write. */
const stopTimeoutMs = 60_000;

export class WatchingProcess {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(private readonly command: string[], options: LaunchOptions) {
    this.child = launch(command, options);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => { this.output = (this.output + text).slice(-100_000); });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', (error) => { this.output += error.message; resolve(); });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async waitUntil(ready: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!await ready()) {
      const why = !this.running ? 'ended' : Date.now() > deadline ? `was not ready after ${timeoutMs} ms` : '';
      if (why !== '') {
        await this.stop('SIGKILL');
        throw new Error(`${this.command.join(' ')} ${why}:\n${this.output.slice(-2000)}`);
      }
      await delay(20);
    }
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs);
    await this.ended;
    clearTimeout(timer);
  }
}

/** A real Node, Java or Go program that names its own stacks: samples by CPU time (self-sampler.c), or where a thread is blocked. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Frame } from '../../profile/stacks.js';
import { RUNTIMES } from '../runtimes.js';
import type { StackItem } from '../stack-request.js';
import { StackWork } from '../stack-work.js';
import { eventually } from './blocked-thread.js';
import { selfSampler } from './self-sampler.js';

export class RuntimeProgram implements AsyncDisposable {
  private constructor(private readonly child: ChildProcess, private readonly samplesFile: string, private readonly read: () => StackItem[]) {}

  /** @param name the program's own, by which the sampler knows it from what it starts */
  static start(folder: string, name: string, command: readonly string[]): RuntimeProgram {
    const sampler = selfSampler(folder, name);
    const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, ...sampler.env } });
    return new RuntimeProgram(child, sampler.file, sampler.samples);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The last `count` samples after the program has run for long enough to take `after` of them. */
  async samples(after: number, count: number): Promise<StackItem[]> {
    const all = await eventually(`${after} samples`, () => {
      if (this.child.exitCode !== null) throw new Error(`the program has ended with ${this.child.exitCode}`);
      const items = existsSync(this.samplesFile) ? this.read() : [];
      return items.length >= after && items;
    });
    return all.slice(-count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await ended;
    }
  }
}

export interface SeenStack { names: string[]; frames: Frame[]; truncated: string }

/** As in the symbolizer's child, with every runtime. Innermost frame first. */
export async function nameStacks(items: readonly StackItem[]): Promise<SeenStack[]> {
  const work = new StackWork({ distrust: new Map(), about: () => undefined, runtimes: RUNTIMES });
  const { frames, stacks, of } = await work.run(items, Infinity, () => undefined);
  return of.map((index) => stacks[index]).map((stack) => {
    const own = stack.frames.map((frame) => frames[frame]);
    return { names: own.map(({ name }) => name), frames: own, truncated: stack.truncated };
  });
}

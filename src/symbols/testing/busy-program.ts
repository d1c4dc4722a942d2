/** busy.cc, running, with the stacks it has copied of itself. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from '../../profile/stacks.js';
import type { NamedStacks, StackItem } from '../stack-request.js';
import { compile, selfSampler } from './self-sampler.js';

export const BUSY_FLAGS = ['-O2', '-fomit-frame-pointer', '-g', '-Wl,--build-id', '-pthread'];

export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'kindling-symbols-'));

  compileBusy(...flags: string[]): string {
    return compile('g++', 'busy.cc', this.path, 'busy', ...BUSY_FLAGS, ...flags);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface BusyProgram extends AsyncDisposable {
  pid: number;
  items: StackItem[];
  end(): Promise<void>;
}

/** Runs until `count` stacks were copied, and on until it is ended. @param command default: the binary itself */
export async function runBusy(folder: string, binary: string, mode: 'work' | 'vdso' | 'signal' | 'thread' | 'jit', count = 40, command: string[] = [binary]): Promise<BusyProgram> {
  const sampler = selfSampler(folder, 'busy');
  rmSync(sampler.file, { force: true });
  const child = spawn(command[0], [...command.slice(1), mode], { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, ...sampler.env } });
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()).once('error', () => resolve()); });
  const end = async (): Promise<void> => {
    child.stdin!.destroy();
    await ended;
  };
  let items: StackItem[] = [];
  for (let round = 0; round < 600 && items.length < count && child.exitCode === null; round++) {
    await delay(50);
    if (statSync(sampler.file, { throwIfNoEntry: false })?.size) items = sampler.samples();
  }
  // In its loop, not in the dynamic linker before.
  return { pid: child.pid!, items: items.slice(-Math.ceil(count / 2)), end, [Symbol.asyncDispose]: end };
}

/** Stacks as text, innermost first: `a < b < c`. */
export function stackTexts({ frames, stacks, of }: Pick<NamedStacks, 'frames' | 'stacks' | 'of'>, show = (frame: Frame): string => frame.name): string[] {
  return of.map((index) => stacks[index].frames.map((frame) => show(frames[frame])).join(' < '));
}

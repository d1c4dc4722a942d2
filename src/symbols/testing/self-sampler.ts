/** Stack copies of real programs without tracing: a preloaded library lets them copy their own (self-sampler.c). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackItem } from '../stack-request.js';

const HEADER_WORDS = 20;
const SAMPLES_KEPT = 20_000;

/** Source files are not copied to dist/. */
export function testSource(name: string): string {
  return fileURLToPath(new URL(`../../../../src/symbols/testing/${name}`, import.meta.url));
}

/** Compiles one of the programs beside this file into `folder`. */
export function compile(compiler: 'gcc' | 'g++', source: string, folder: string, name: string, ...flags: string[]): string {
  const binary = join(folder, name);
  execFileSync(compiler, ['-Wall', '-Werror', ...flags, '-o', binary, testSource(source)]);
  return binary;
}

/** Environment that makes the program `name` copy its stacks, and what has been copied so far. */
export function selfSampler(folder: string, name: string): { env: Record<string, string>; file: string; samples: () => StackItem[] } {
  const library = compile('gcc', 'self-sampler.c', folder, 'self-sampler.so', '-O2', '-shared', '-fPIC');
  const file = join(folder, `${name}.samples`);
  return { env: { LD_PRELOAD: library, KINDLING_SAMPLES: file, KINDLING_SAMPLES_OF: name }, file, samples: () => readSamples(readFileSync(file)) };
}

function readSamples(file: Buffer): StackItem[] {
  const items: StackItem[] = [];
  for (let at = 0; at + HEADER_WORDS * 8 <= file.length && items.length < SAMPLES_KEPT;) {
    const words = new BigUint64Array(HEADER_WORDS);
    for (let i = 0; i < HEADER_WORDS; i++) words[i] = file.readBigUInt64LE(at + i * 8);
    at += HEADER_WORDS * 8;
    const frames = Number(words[18]);
    const length = Number(words[19]);
    if (at + frames * 8 + length > file.length) break;
    const framePointers = BigUint64Array.from({ length: frames }, (_, i) => file.readBigUInt64LE(at + i * 8));
    at += frames * 8;
    items.push({
      pid: Number(words[0]),
      copy: {
        ip: words[17], sp: words[8], bp: words[7], registers: words.slice(1, 17), bytes: new Uint8Array(file.subarray(at, at + length)), framePointers, kernel: new BigUint64Array(0),
      },
    });
    at += length;
  }
  return items;
}

/** Stacks for made-up profiles, written as text: `main < run < js:render < k:copy_to_user`, outermost first, a kind before the colon. */
import type { Frame, FrameKind, Sample, Stacks } from '../../src/server/api.js';
import { randomFrom } from './shop.js';

const KINDS: Readonly<Record<string, FrameKind>> = { k: 'kernel', js: 'javascript', java: 'java', go: 'go', i: 'interpreter', u: 'unknown' };
const MODULES: Readonly<Record<FrameKind, string>> = { native: 'node', kernel: '[kernel]', javascript: 'server.js', java: 'Report.class', go: 'shopd', interpreter: 'node', unknown: '' };

export interface Weighted { text: string; share: number; truncated?: string }

export class StackTable implements Stacks {
  readonly frames: Frame[] = [];
  readonly stacks: Stacks['stacks'] = [];
  readonly samples: Sample[] = [];
  pending = false;
  readonly #frames = new Map<string, number>();
  readonly #stacks = new Map<string, number>();

  /** @param truncated why the outermost frames are missing */
  stack(text: string, truncated = ''): number {
    const key = `${text}|${truncated}`;
    const known = this.#stacks.get(key);
    if (known !== undefined) return known;
    this.stacks.push({ frames: text.split(' < ').map((name) => this.#frame(name)).reverse(), truncated });
    this.#stacks.set(key, this.stacks.length - 1);
    return this.stacks.length - 1;
  }

  #frame(text: string): number {
    const known = this.#frames.get(text);
    if (known !== undefined) return known;
    const [, prefix, name] = /^(?:(k|js|java|go|i|u):)?([^]*)$/.exec(text)!;
    const kind = KINDS[prefix] ?? 'native';
    const hasSource = kind === 'javascript' || kind === 'java';
    this.frames.push({ name, kind, module: MODULES[kind], file: hasSource ? `/srv/shop/${MODULES[kind]}` : '', line: hasSource ? 12 + this.frames.length * 7 : 0, inlined: name.endsWith('_inl') });
    this.#frames.set(text, this.frames.length - 1);
    return this.frames.length - 1;
  }

  /** One every `everyNs` of a stretch on CPU, among these stacks. */
  run(pid: number, tid: number, fromNs: number, toNs: number, kinds: readonly Weighted[], everyNs = 1e6): void {
    const random = randomFrom(Math.round(fromNs) + tid);
    for (let ns = fromNs + everyNs / 2; ns < toNs; ns += everyNs) {
      let left = random();
      const { text, truncated } = kinds.find((kind) => (left -= kind.share) < 0) ?? kinds[0];
      this.samples.push({ ns: Math.round(ns), pid, tid, stack: this.stack(text, truncated), weightNs: everyNs });
    }
  }

  done(): Stacks {
    this.samples.sort((a, b) => a.ns - b.ns);
    return { frames: this.frames, stacks: this.stacks, samples: this.samples, pending: this.pending };
  }
}

/** Conversations of real servers, taken apart as a hostile or unlucky network would: the same for the same seed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessObserver } from '../../events/decode.js';
import { IN, OUT, UNKNOWN_NS, type Direction, type Observer, type Transport } from '../../events/observation.js';
import { RESPONSE } from '../../protocols/protocol.js';
import { parseConversation, type Chunk, type Step } from '../../protocols/testing/conversation.js';

/** Small, quick and good enough: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }
}

export interface Conversation { protocol: string; name: string; steps: Step[] }

export function readConversations(folder: string): Conversation[] {
  const found: Conversation[] = [];
  for (const protocol of readdirSync(folder, { withFileTypes: true })) {
    if (!protocol.isDirectory()) continue;
    for (const name of readdirSync(join(folder, protocol.name))) {
      if (!name.endsWith('.conv')) continue;
      found.push({ protocol: protocol.name, name, steps: parseConversation(readFileSync(join(folder, protocol.name, name), 'utf8')) });
    }
  }
  return found;
}

/** Where streams begin: as usual, behind the 32 bits of TCP, and close to what a double can count. */
const STARTS = [0, 0, 0, 1, 2 ** 32 - 100, 2 ** 40, 2 ** 53 - 2 ** 24];
/** What declared lengths become. */
const DIGITS = ['0', '-1', '4294967296', '99999999999999999999', '2147483647', 'ffffffff', '1e9'];

/** One connection's observations, one after the other. */
export class HostileConnection {
  #steps: Step[];
  #at = 0;
  #position: [number, number];
  readonly #flip: boolean;
  readonly #udp: boolean;
  #opened = false;
  /** Bytes handed over. */
  bytes = 0;

  constructor(private readonly id: number, conversation: Conversation, private readonly random: Random, private readonly hostility: number) {
    this.#steps = conversation.steps.flatMap((step): Step[] => (step.kind === 'chunk' ? this.#mutate(step) : [step]));
    const start = random.pick(STARTS);
    this.#position = [start, start];
    this.#flip = random.chance(0.5);
    this.#udp = conversation.protocol === 'dns' && conversation.name !== 'tcp.conv' ? random.chance(0.9) : random.chance(0.02);
  }

  /** False when there is nothing more to tell. */
  tell(observer: Observer & ProcessObserver, ts: number): boolean {
    if (!this.#opened) {
      this.#opened = true;
      // Now and then the opening is lost.
      if (!this.random.chance(0.05)) this.#open(observer, ts);
      return true;
    }
    const step = this.#steps[this.#at++];
    if (step === undefined) return false;
    if (step.kind === 'chunk') this.#data(observer, step, ts);
    else if (step.kind === 'halfClose') observer.shutdown(this.id, this.random.chance(0.5) ? 'local' : 'remote', ts);
    else this.#close(observer, ts);
    return true;
  }

  #open(observer: Observer, ts: number): void {
    const { random } = this;
    const transport: Transport = this.#udp ? 'udp' : random.chance(0.1) ? 'unix' : 'tcp';
    const role = random.chance(0.2) ? 'unknown' : this.#flip ? 'client' : 'server';
    if (random.chance(0.1)) this.#connect(observer, ts);
    observer.opened({
      id: this.id, pid: 1 + random.below(50), tid: 1 + random.below(50), comm: `app-${random.below(9)}`, fd: 3, transport, role,
      local: `10.0.0.1:${random.below(65536)}`, remote: `[fd00::${random.below(9)}]:${random.below(65536)}`, netns: random.below(3), cgroupId: 0, ts,
      preexisting: random.chance(0.2),
    });
  }

  #connect(observer: Observer, ts: number): void {
    observer.connected({
      id: this.id, pid: 1, tid: 1, comm: 'app', fd: -1, ts, dur: this.random.below(1e9), errno: this.random.pick([0, 0, 111, 110, 99999]),
      transport: 'tcp', local: '', remote: '10.0.0.2:80', netns: 0, cgroupId: 0,
    });
  }

  #close(observer: Observer, ts: number): void {
    observer.closed({
      id: this.id, ts, errno: this.random.pick([0, 104, 110]), by: this.random.pick(['local', 'remote', 'unknown']), srttUs: 0, retransmits: 0,
      counters: this.random.chance(0.5) ? null : { bytesIn: this.random.below(1e6), bytesOut: 0, callsIn: 1, callsOut: 1 },
    });
  }

  #data(observer: Observer, chunk: Chunk, ts: number): void {
    const { random, hostility } = this;
    const { side, bytes } = chunk;
    const total = bytes.length + chunk.missing;
    if (total === 0) return;
    if (random.chance(0.05 * hostility)) this.#position[side] += random.pick([1, 100, 65536, 2 ** 31]);
    // Told twice, or from before.
    const back = random.chance(0.05 * hostility) ? Math.min(this.#position[side], random.below(200)) : 0;
    const position = this.#position[side] - back;
    this.#position[side] = Math.max(this.#position[side], position + total);
    if (random.chance(0.03 * hostility)) return;
    const captured = random.chance(0.1 * hostility) ? random.below(bytes.length + 1) : bytes.length;
    const direction: Direction = (side === RESPONSE) === this.#flip ? IN : OUT;
    const late = random.chance(0.05 * hostility) ? random.below(1e9) : 0;
    const peer = this.#udp && random.chance(0.5) ? `10.1.${random.below(9)}.${random.below(9)}:53` : undefined;
    this.bytes += captured;
    observer.data(this.id, direction, Math.max(0, ts - late), 0, 1 + random.below(50), chunk.tid, position, total, bytes, 0, captured, peer, random.chance(0.5) ? random.below(1e10) : UNKNOWN_NS);
  }

  /** The chunk in pieces, some of them with other bytes. */
  #mutate(chunk: Chunk): Chunk[] {
    const { random, hostility } = this;
    let { bytes } = chunk;
    if (random.chance(0.15 * hostility)) bytes = this.#damage(bytes);
    if (!random.chance(0.3) || bytes.length < 2) return [{ ...chunk, bytes }];
    const cuts = Array.from({ length: random.pick([1, 1, 2, 5, 40]) }, () => random.below(bytes.length));
    const points = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
    return points.slice(1).map((to, i) => ({ ...chunk, bytes: bytes.subarray(points[i], to), missing: to === bytes.length ? chunk.missing : 0 }));
  }

  #damage(bytes: Uint8Array): Uint8Array {
    const { random } = this;
    const at = random.below(bytes.length + 1);
    switch (random.below(5)) {
      case 0: return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(DIGITS)), bytes.subarray(Math.min(bytes.length, at + random.below(8)))]);
      case 1: return Buffer.concat([bytes.subarray(0, at), bytes]);
      case 2: return Uint8Array.from(bytes, (byte) => (random.chance(0.02) ? random.below(256) : byte));
      case 3: return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.below(4096), random.pick(['\n', '*1\r\n', '\xff', '[', '{"a":', ' '])), bytes.subarray(at)]);
      default: return Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\d+/g, (digits) => (random.chance(0.2) ? random.pick(DIGITS) : digits)), 'latin1');
    }
  }
}

/**
 * A profile in pprof's format (profile.proto of github.com/google/pprof, not compressed): CPU time by samples, and time off
 * CPU by what each thread waited for. Labels: thread, kind of wait, request, and whether the thread is on the request's path,
 * so that `go tool pprof -tagfocus=on_path=yes` or `-tagignore=kind=idle` narrows it.
 */
import type { Profile, Slice, Stack, ThreadTimeline } from '../profile/profile.js';
import { sliceName } from './profile-text.js';
import { ProtoWriter } from './protobuf.js';

/** Field numbers of message Profile. */
const F = { sampleType: 1, sample: 2, mapping: 3, location: 4, function: 5, strings: 6, timeNanos: 9, durationNanos: 10, periodType: 11, period: 12, comment: 13, defaultSampleType: 14 } as const;

export function toPprof(profile: Profile): Uint8Array {
  const out = new ProtoWriter();
  const strings = new Strings();
  const valueType = (type: string, unit: string) => (message: ProtoWriter): void => { message.number(1, strings.id(type)); message.number(2, strings.id(unit)); };
  out.message(F.sampleType, valueType('cpu', 'nanoseconds'));
  out.message(F.sampleType, valueType('off_cpu', 'nanoseconds'));
  const tables = new Tables(profile, strings);
  for (const sample of samplesOf(profile, tables)) out.message(F.sample, (message) => writeSample(message, sample, profile, strings));
  tables.write(out);
  out.number(F.timeNanos, BigInt(profile.start));
  out.number(F.durationNanos, Math.round(profile.windowNs));
  out.message(F.periodType, valueType('cpu', 'nanoseconds'));
  out.number(F.period, Math.round(profile.stacks.samples[0]?.weightNs ?? 0));
  for (const comment of [profile.verdict, ...profile.missing]) if (comment !== '') out.number(F.comment, strings.id(comment));
  out.number(F.defaultSampleType, strings.id('cpu'));
  for (const text of strings.all) out.string(F.strings, text);
  return out.finish();
}

interface PprofSample { locations: number[]; cpuNs: number; offCpuNs: number; thread: ThreadTimeline | undefined; tid: number; kind: string }

function* samplesOf({ stacks, threads }: Profile, tables: Tables): Generator<PprofSample> {
  const byTid = new Map(threads.map((thread) => [thread.tid, thread]));
  for (const { stack, tid, weightNs } of stacks.samples) {
    yield { locations: tables.stack(stack), cpuNs: Math.round(weightNs), offCpuNs: 0, thread: byTid.get(tid), tid, kind: 'running' };
  }
  for (const thread of threads) {
    for (const wait of waitsOf(thread)) yield { locations: [tables.made(wait.name), ...tables.stack(wait.stack)], cpuNs: 0, offCpuNs: wait.ns, thread, tid: thread.tid, kind: wait.kind };
  }
}

interface Wait { name: string; stack: number | undefined; kind: string; ns: number }

/** Equal waits as one: a thread may have thousands. */
function waitsOf({ slices }: ThreadTimeline): Iterable<Wait> {
  const waits = new Map<string, Wait>();
  for (const slice of slices) if (slice.kind !== 'running') addWait(waits, slice);
  return waits.values();
}

function addWait(waits: Map<string, Wait>, slice: Slice): void {
  const name = sliceName(slice);
  const key = `${slice.stack ?? ''} ${name}`;
  const ns = Math.round(slice.endNs - slice.startNs);
  const known = waits.get(key);
  if (known) known.ns += ns;
  else waits.set(key, { name, stack: slice.stack, kind: slice.kind, ns });
}

function writeSample(message: ProtoWriter, { locations, cpuNs, offCpuNs, thread, tid, kind }: PprofSample, profile: Profile, strings: Strings): void {
  const label = (key: string, value: string): void => message.message(3, (part) => { part.number(1, strings.id(key)); part.number(2, strings.id(value)); });
  message.packed(1, locations);
  message.packed(2, [cpuNs, offCpuNs]);
  label('thread', `${thread?.name ?? '?'} (${tid})`);
  label('kind', kind);
  label('request', profile.requestId);
  label('on_path', thread?.onPath === true ? 'yes' : 'no');
}

class Strings {
  readonly all = [''];
  readonly #ids = new Map([['', 0]]);

  id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.all.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }
}

/** Locations, functions and mappings, each with the id that it has in its table (from 1). */
class Tables {
  readonly #locations: Array<{ module: string; lines: Array<{ functionId: number; line: number }> }> = [];
  readonly #functions: Array<{ name: string; file: string }> = [];
  readonly #modules = new Map<string, number>();
  readonly #locationIds = new Map<string, number>();
  readonly #functionIds = new Map<string, number>();
  readonly #stacks = new Map<number, number[]>();

  constructor(private readonly profile: Profile, private readonly strings: Strings) {}

  /** Innermost first. */
  stack(index: number | undefined): number[] {
    const stack = index === undefined ? undefined : this.profile.stacks.stacks[index];
    if (index === undefined || stack === undefined) return [];
    const known = this.#stacks.get(index);
    if (known) return known;
    const locations = this.#locationsOf(stack);
    this.#stacks.set(index, locations);
    return locations;
  }

  /** What a thread waited for, as a frame. */
  made(name: string): number {
    return this.#location(`made ${name}`, '', [{ functionId: this.#function(name, ''), line: 0 }]);
  }

  /** Inlined frames are lines of the location of the function that they were inlined into, which comes last. */
  #locationsOf({ frames, truncated }: Stack): number[] {
    const locations: number[] = [];
    let group: number[] = [];
    for (const index of frames) {
      const frame = this.profile.stacks.frames[index];
      if (frame === undefined) continue;
      group.push(index);
      if (frame.inlined) continue;
      locations.push(this.#group(group));
      group = [];
    }
    if (group.length > 0) locations.push(this.#group(group));
    if (truncated !== '') locations.push(this.made(`[outer frames are missing: ${truncated}]`));
    return locations;
  }

  #group(indexes: readonly number[]): number {
    const frames = indexes.map((index) => this.profile.stacks.frames[index]);
    return this.#location(indexes.join(' '), frames[frames.length - 1].module, frames.map(({ name, file, line }) => ({ functionId: this.#function(name, file), line })));
  }

  #location(key: string, module: string, lines: Array<{ functionId: number; line: number }>): number {
    const known = this.#locationIds.get(key);
    if (known !== undefined) return known;
    if (module !== '' && !this.#modules.has(module)) this.#modules.set(module, this.#modules.size + 1);
    const id = this.#locations.push({ module, lines });
    this.#locationIds.set(key, id);
    return id;
  }

  #function(name: string, file: string): number {
    const key = `${name}\0${file}`;
    const known = this.#functionIds.get(key);
    if (known !== undefined) return known;
    const id = this.#functions.push({ name, file });
    this.#functionIds.set(key, id);
    return id;
  }

  write(out: ProtoWriter): void {
    for (const [module, id] of this.#modules) {
      out.message(F.mapping, (message) => {
        message.number(1, id);
        message.number(5, this.strings.id(module));
        for (const has of [7, 8, 9, 10]) message.number(has, 1); // functions, file names, lines, inlined frames: nothing left to look up
      });
    }
    this.#locations.forEach(({ module, lines }, i) => out.message(F.location, (message) => {
      message.number(1, i + 1);
      message.number(2, this.#modules.get(module) ?? 0);
      for (const { functionId, line } of lines) message.message(4, (part) => { part.number(1, functionId); part.number(2, Math.max(0, line)); });
    }));
    this.#functions.forEach(({ name, file }, i) => out.message(F.function, (message) => {
      message.number(1, i + 1);
      message.number(2, this.strings.id(name));
      message.number(3, this.strings.id(name));
      message.number(4, this.strings.id(file));
    }));
  }
}

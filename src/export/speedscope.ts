/**
 * A profile as a file of speedscope (https://www.speedscope.app/file-format-schema.json). First the critical path of the
 * request on its own axis, then for each thread what it did all the time, on and off CPU, and what it had on CPU by its samples.
 */
import type { Frame, Profile, Sample, Slice, ThreadTimeline } from '../profile/profile.js';
import { frameFile, pathName, sliceName } from './profile-text.js';

interface SpeedscopeFrame { name: string; file?: string; line?: number }
interface Evented { type: 'evented'; name: string; unit: 'nanoseconds'; startValue: number; endValue: number; events: Array<{ type: 'O' | 'C'; frame: number; at: number }> }
interface Sampled { type: 'sampled'; name: string; unit: 'nanoseconds'; startValue: number; endValue: number; samples: number[][]; weights: number[] }

export function toSpeedscope(profile: Profile): string {
  const frames = new Frames(profile.stacks.frames);
  const samples = samplesByThread(profile.stacks.samples);
  const profiles: Array<Evented | Sampled> = [pathProfile(profile, frames)];
  for (const thread of inOrder(profile.threads)) {
    profiles.push(timeline(thread, profile, frames));
    const own = samples.get(thread.tid);
    if (own !== undefined) profiles.push(onCpu(thread, own, profile));
  }
  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json', exporter: 'kindling',
    name: `${profile.service}: ${profile.operation} ${profile.endpoint} (${profile.requestId})`, activeProfileIndex: 0,
    shared: { frames: frames.all }, profiles,
  })}\n`;
}

/** The frames of the stacks keep their indexes; what is made up here comes behind them. */
class Frames {
  readonly all: SpeedscopeFrame[];
  readonly #byName = new Map<string, number>();

  constructor(frames: readonly Frame[]) {
    this.all = frames.map((frame) => ({ name: frame.name, ...(frameFile(frame) === '' ? {} : { file: frameFile(frame) }), ...(frame.line > 0 ? { line: frame.line } : {}) }));
  }

  named(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const index = this.all.push({ name }) - 1;
    this.#byName.set(name, index);
    return index;
  }
}

function pathProfile({ path, requestStartNs, requestEndNs }: Profile, frames: Frames): Evented {
  const events: Evented['events'] = [];
  let atNs = requestStartNs;
  for (const { kind, object, startNs, endNs } of path) {
    // Events must not go back in time, whatever the path says.
    const from = Math.max(atNs, startNs);
    const to = Math.max(from, endNs);
    const frame = frames.named(pathName(kind, object));
    events.push({ type: 'O', frame, at: from }, { type: 'C', frame, at: to });
    atNs = to;
  }
  return { type: 'evented', name: 'critical path', unit: 'nanoseconds', startValue: requestStartNs, endValue: Math.max(requestEndNs, atNs), events };
}

function timeline({ name, tid, executed, slices }: ThreadTimeline, { windowNs, stacks }: Profile, frames: Frames): Evented {
  const events: Evented['events'] = [];
  let atNs = 0;
  for (const slice of slices) {
    const from = Math.max(atNs, slice.startNs);
    const to = Math.max(from, slice.endNs);
    // Outermost first: how it came there, then what it waited for.
    const open = [...outermostFirst(slice, stacks.stacks), frames.named(sliceName(slice))];
    for (const frame of open) events.push({ type: 'O', frame, at: from });
    for (const frame of open.reverse()) events.push({ type: 'C', frame, at: to });
    atNs = to;
  }
  return { type: 'evented', name: `${name} (${tid})${executed ? ', executed the request' : ''}: all its time`, unit: 'nanoseconds', startValue: 0, endValue: Math.max(windowNs, atNs), events };
}

function outermostFirst({ stack }: Slice, stacks: Profile['stacks']['stacks']): number[] {
  return stack === undefined ? [] : [...stacks[stack]?.frames ?? []].reverse();
}

function onCpu({ name, tid }: ThreadTimeline, samples: readonly Sample[], { stacks }: Profile): Sampled {
  const weights = samples.map((sample) => sample.weightNs);
  return {
    type: 'sampled', name: `${name} (${tid}): on CPU, sampled`, unit: 'nanoseconds', startValue: 0, endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples: samples.map((sample) => [...stacks.stacks[sample.stack]?.frames ?? []].reverse()), weights,
  };
}

function samplesByThread(samples: readonly Sample[]): Map<number, Sample[]> {
  const byThread = new Map<number, Sample[]>();
  for (const sample of samples) {
    const known = byThread.get(sample.tid);
    if (known) known.push(sample);
    else byThread.set(sample.tid, [sample]);
  }
  return byThread;
}

/** The threads one looks for first come first. */
function inOrder(threads: readonly ThreadTimeline[]): ThreadTimeline[] {
  const rank = (thread: ThreadTimeline): number => (thread.executed ? 0 : thread.onPath ? 1 : 2);
  return [...threads].sort((a, b) => rank(a) - rank(b));
}

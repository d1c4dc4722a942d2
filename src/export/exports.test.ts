import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Ajv } from 'ajv';
import { toPerfetto } from './perfetto.js';
import { toPprof } from './pprof.js';
import { toProfilePage } from './profile-page.js';
import { toSpeedscope } from './speedscope.js';
import { emptyProfile, HOSTILE, largeProfile, sampleProfile } from './testing/sample-profile.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-export-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const schema = new URL('../../../test/fixtures/speedscope/file-format-schema.json', import.meta.url);
const isSpeedscope = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

interface Event { ph: string; name: string; pid: number; tid: number; ts: number; dur?: number; cat?: string; id?: unknown; args?: Record<string, unknown> }
const eventsOf = (text: string): Event[] => (JSON.parse(text) as { traceEvents: Event[] }).traceEvents;

test('perfetto: threads are tracks with their slices, the path is a track with arrows between threads', () => {
  const events = eventsOf(toPerfetto(sampleProfile()));
  const names = events.filter((e) => e.name === 'thread_name').map((e) => [e.tid, e.args?.name]);
  assert.deepEqual(names, [[11, 'worker x (executed the request)'], [12, 'pool x']]);
  const slices = events.filter((e) => e.ph === 'X' && e.tid === 11).map((e) => [e.name, e.ts, e.dur, e.cat]);
  assert.deepEqual(slices, [
    ['idle (epoll_wait)', 0, 20_000, 'idle'], ['lock 0x7f00 (futex)', 20_000, 10_000, 'lock'], ['network 127.0.0.1:5432 (recvfrom)', 30_000, 40_000, 'network'],
    ['running', 70_000, 30_000, 'running'], ['waiting for a CPU: backup x ran', 100_000, 20_000, 'run_queue'],
  ]);
  const [start, finish] = [events.find((e) => e.ph === 's')!, events.find((e) => e.ph === 'f')!];
  assert.deepEqual([start.tid, finish.tid, start.id === finish.id, start.ts < finish.ts], [12, 11, true, true]);
  const path = events.filter((e) => e.cat === 'critical path' && e.ph === 'b').map((e) => e.name);
  assert.deepEqual(path, ['lock: 0x7f00 x', 'waiting for: postgres 127.0.0.1:5432', 'on CPU']);
  assert.deepEqual(events.filter((e) => e.ph === 'i').map((e) => e.name), ['slow: x', 'read']);
});

/** Complete events by track, in the order written. */
function tracksOf(events: readonly Event[]): Map<string, Event[]> {
  const tracks = new Map<string, Event[]>();
  for (const event of events) if (event.ph === 'X') tracks.set(`${event.pid} ${event.tid}`, [...tracks.get(`${event.pid} ${event.tid}`) ?? [], event]);
  return tracks;
}

test('perfetto: what the format asks for: numbers, slices one after the other, and arrows that leave from and come to slices', () => {
  const sample = sampleProfile();
  // A thread on the path whose beginning is not recorded, and one that had ended before the path left it.
  const [worker, pool] = sample.threads;
  const partly = { ...sample, threads: [{ ...worker, slices: worker.slices.slice(2) }, { ...pool, slices: [{ ...pool.slices[0], endNs: 28e6 }] }] };
  let arrows = 0;
  for (const profile of [sample, partly, sampleProfile(HOSTILE), emptyProfile(), largeProfile(500)]) {
    const events = eventsOf(toPerfetto(profile));
    for (const { ph, name, pid, tid, ts } of events) assert.ok(Number.isInteger(pid) && Number.isInteger(tid) && Number.isFinite(ts) && typeof name === 'string' && 'MXbeisfP'.includes(ph), `${ph} ${name} ${pid} ${tid} ${ts}`);
    const tracks = tracksOf(events);
    for (const track of tracks.values()) for (let i = 1; i < track.length; i++) assert.ok(track[i].ts >= track[i - 1].ts + track[i - 1].dur! - 0.002, `${JSON.stringify(track[i - 1])} then ${JSON.stringify(track[i])}`);
    for (const arrow of events.filter(({ ph }) => ph === 's' || ph === 'f')) {
      arrows++;
      assert.ok(tracks.get(`${arrow.pid} ${arrow.tid}`)?.some(({ ts, dur }) => ts <= arrow.ts && arrow.ts <= ts + dur!), JSON.stringify(arrow));
    }
  }
  assert.ok(arrows > 0);
});

test('perfetto: every async event that begins ends, and no time is negative or no number', () => {
  for (const profile of [sampleProfile(HOSTILE), emptyProfile()]) {
    const events = eventsOf(toPerfetto(profile));
    const open = (ph: string): string[] => events.filter((e) => e.ph === ph).map((e) => `${e.cat} ${String(e.id)} ${e.name}`).sort();
    assert.deepEqual(open('b'), open('e'));
    for (const event of events) assert.ok(event.ts >= 0 && (event.dur ?? 0) >= 0, JSON.stringify(event));
  }
});

test('perfetto: samples come as a CPU profile whose stacks begin at the outermost function', () => {
  const chunk = eventsOf(toPerfetto(sampleProfile())).find((e) => e.name === 'ProfileChunk')!;
  const { cpuProfile, timeDeltas } = chunk.args!.data as { cpuProfile: { nodes: Array<{ id: number; parent?: number; callFrame: { functionName: string } }>; samples: number[] }; timeDeltas: number[] };
  const stack: string[] = [];
  for (let node = cpuProfile.nodes.find(({ id }) => id === cpuProfile.samples[0]); node; node = cpuProfile.nodes.find(({ id }) => id === node!.parent)) stack.push(node.callFrame.functionName);
  assert.deepEqual(stack, ['render x', 'handle', 'main', '(root)']);
  assert.deepEqual([cpuProfile.samples.length, timeDeltas], [2, [72_000, 10_000]]);
});

test('speedscope: the file keeps to its schema; events nest and never go back', () => {
  for (const profile of [sampleProfile(), sampleProfile(HOSTILE), emptyProfile(), largeProfile(2_000)]) {
    const file = JSON.parse(toSpeedscope(profile)) as {
      shared: { frames: unknown[] }; profiles: Array<{ type: string; events: Array<{ type: string; frame: number; at: number }>; samples: number[][]; weights: number[] }>;
    };
    assert.ok(isSpeedscope(file), JSON.stringify(isSpeedscope.errors));
    for (const { type, events, samples, weights } of file.profiles) {
      if (type === 'sampled') assert.equal(samples.length, weights.length);
      const open: number[] = [];
      let at = 0;
      for (const event of events ?? []) {
        assert.ok(event.at >= at && event.frame < file.shared.frames.length);
        at = event.at;
        if (event.type === 'O') open.push(event.frame);
        else assert.equal(open.pop(), event.frame);
      }
      assert.deepEqual(open, []);
    }
  }
});

test('speedscope: path first, then for each thread all its time and its samples, with the stack below a wait', () => {
  const file = JSON.parse(toSpeedscope(sampleProfile())) as {
    shared: { frames: Array<{ name: string }> }; profiles: Array<{ name: string; events: Array<{ type: string; frame: number; at: number }>; samples: number[][]; weights: number[] }>;
  };
  const [path, timeline, sampled] = file.profiles;
  assert.deepEqual(file.profiles.map((one) => one.name), [
    'critical path', 'worker x (11), executed the request: all its time', 'worker x (11): on CPU, sampled', 'pool x (12): all its time',
  ]);
  const name = (index: number): string => file.shared.frames[index].name;
  assert.deepEqual(path.events.filter((e) => e.type === 'O').map((e) => name(e.frame)), ['lock: 0x7f00 x', 'waiting for: postgres 127.0.0.1:5432', 'on CPU']);
  assert.deepEqual(timeline.events.filter((e) => e.type === 'O' && e.at === 20e6).map((e) => name(e.frame)), ['handle', 'futex_wait', 'lock 0x7f00 (futex)']);
  assert.deepEqual([sampled.samples[0].map(name), sampled.weights], [['main', 'handle', 'render x'], [10e6, 10e6]]);
});

function readByPprof(profile: Uint8Array): { code: number | null; text: string } {
  const path = join(folder, 'profile.pb');
  writeFileSync(path, profile);
  const { status, stdout, stderr } = spawnSync('go', ['tool', 'pprof', '-raw', path], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, HOME: folder, PPROF_TMPDIR: folder, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' } });
  return { code: status, text: `${stdout}${stderr}` };
}

const noPprof = spawnSync('go', ['version']).status === 0 ? false : '`go tool pprof` is not installed (golang-go)';

test('pprof reads what is written: times, functions, inlined ones, labels', { skip: noPprof }, () => {
  const { code, text } = readByPprof(toPprof(sampleProfile()));
  assert.equal(code, 0, text);
  assert.match(text, /^Samples:\ncpu\/nanoseconds\[dflt\] off_cpu\/nanoseconds$/m);
  assert.match(text, /^ +20000000 +0: \d+ \d+ *\n +kind:\[running\] on_path:\[yes\] request:\[00000000000000aa\] thread:\[worker x \(11\)\]$/m);
  assert.match(text, /^ +0 +10000000: \d+ \d+ \d+ \d+ *\n +kind:\[lock\]/m);
  // The inlined function stands on the location of the one that it is part of.
  assert.match(text, /^ +\d+: 0x0 M=1 render x \/src\/x\.cc:42 s=0\n +handle \/src\/handle\.cc:7/m);
  assert.match(text, /\[outer frames are missing: no unwind information\]/);
  assert.match(text, /^Comment: It waited for postgres\. x$/m);
});

test('pprof reads hostile names, an empty profile and a large one', { skip: noPprof }, () => {
  for (const profile of [sampleProfile(HOSTILE), emptyProfile(), largeProfile(20_000)]) {
    const { code, text } = readByPprof(toPprof(profile));
    assert.equal(code, 0, text.slice(0, 2_000));
    assert.match(text, /off_cpu\/nanoseconds/);
  }
});

test('one file: whatever the traced program said stays data', () => {
  const template = '<!doctype html><html><head><title>Kindling</title></head><body><div id="root"></div><script type="application/json" id="profile"></script><script>run("$&")</script></body></html>';
  const page = toProfilePage(template, sampleProfile(HOSTILE))!;
  assert.equal(page.match(/<script/g)!.length, 2);
  assert.equal(page.match(/<\/script>/g)!.length, 2);
  assert.doesNotMatch(page, /<img|<!--|[\u2028\u202e]/);
  assert.ok(page.endsWith('<script>run("$&")</script></body></html>'));
  const data = /id="profile">([\s\S]*?)<\/script>/.exec(page)![1];
  assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(sampleProfile(HOSTILE))));
  assert.match(page, /<title>shop &#60;\/script/);
  assert.equal(toProfilePage('<p>no place</p>', sampleProfile()), null);
});

test('200,000 slices are written by every format, and read again', () => {
  const profile = largeProfile(200_000);
  assert.equal(eventsOf(toPerfetto(profile)).filter((e) => e.ph === 'X').length, 200_000);
  const scope = JSON.parse(toSpeedscope(profile)) as { profiles: Array<{ events: unknown[] }> };
  assert.equal(scope.profiles.reduce((sum, one) => sum + one.events.length, 0), 2 * 200_000 + 2 * profile.path.length);
  assert.ok(toPprof(profile).length > 100_000);
});

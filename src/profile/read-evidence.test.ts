import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Header, Switch } from '../events/layout.generated.js';
import type { FlightRecorder } from '../kernel/recorder.js';
import { readEvidence } from './read-evidence.js';

/** Remembers a switch of each of two threads every microsecond, one CPU after the other. */
class BusyRecorder {
  readonly samplePeriodNs = 10e6;
  readonly startedNs = -1e9;

  constructor(private readonly untilNs: number) {}

  window(from: number, to: number, handle: (view: DataView, offset: number, cpu: number) => void): number {
    const view = new DataView(new ArrayBuffer(Switch.byteLength));
    for (const tid of [7, 8]) {
      view.setUint32(Switch.pid, 1, true);
      view.setUint32(Switch.tid, tid, true);
      for (let ns = Math.max(1_000, from); ns <= Math.min(to, this.untilNs); ns += 1_000) {
        view.setUint32(Switch.off, ns - 500, true);
        view.setUint32(Header.ts, ns, true);
        handle(view, 0, tid);
      }
    }
    return -Infinity;
  }

  notes(): number {
    return -Infinity;
  }

  states(): void {}
}

const read = (toNs: number) => readEvidence(new BusyRecorder(toNs) as unknown as FlightRecorder, { pids: new Set([1]), fromNs: 0, toNs, marginNs: 0 });

test('of more switches than a profile holds all since a later time are kept, of every CPU: none are missing in between', () => {
  const { switches, wholeFromNs, cut } = read(790e6);
  assert.ok(switches.length > 200_000 && switches.length <= 400_000, String(switches.length));
  assert.equal(wholeFromNs, 592.5e6);
  for (const tid of [7, 8]) {
    const own = switches.filter((one) => one.tid === tid);
    assert.ok(own.every((one, i) => i === 0 || one.onNs - own[i - 1].onNs === 1_000), `of thread ${tid}`);
    assert.ok(own[0].onNs <= wholeFromNs && own.at(-1)!.onNs >= 790e6 - 1_000);
  }
  assert.deepEqual(cut, ['switches of the first 593 ms, as there are more of them than a profile holds']);
});

test('switches that fit are all there', () => {
  const { switches, wholeFromNs, cut } = read(100e6);
  assert.deepEqual([switches.length, wholeFromNs, cut], [200_000, -1e9, []]);
});

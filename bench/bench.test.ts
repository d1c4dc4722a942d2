import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions, UsageError } from './options.js';
import { writeReport } from './report.js';
import type { Results } from './results.js';
import { interleave } from './rounds.js';
import { median, medianRatio, quantile } from './statistics.js';
import { ROW } from './store-fill.js';
import { judge, TARGETS } from './targets.js';
import { REQUEST_COLUMNS } from '../src/store/columns.js';

const machine = { cpu: 'a CPU', cpuCount: 2, memoryGiB: 8, kernel: '6.1', system: 'Debian', node: 'v20', programs: [], loadBefore: 0 };
const empty: Results = {
  machine, date: '2026-01-01', rounds: 1, seconds: 1, throughput: [], completeness: [], cost: [], parse: [], syscall: [], recorder: [], switches: [], memory: [], page: [], symbols: [], failures: [],
};

describe('statistics of the benchmark', () => {
  it('takes the middle of an even number of values between the two', () => assert.equal(median([4, 1, 3, 2]), 2.5));
  it('interpolates quantiles and has none of nothing', () => {
    assert.equal(quantile([0, 10], 0.99), 9.9);
    assert.ok(Number.isNaN(median([])));
  });
  it('compares runs of the same round, so a slow round does not count', () => assert.equal(medianRatio([2, 200, 2], [1, 100, 1]), 2));
  it('rotates the order of variants from round to round', async () => {
    const order: string[] = [];
    await interleave(['a', 'b', 'c'], 2, async (variant, round) => { order.push(`${variant}${round}`); });
    assert.deepEqual(order, ['a0', 'b0', 'c0', 'b1', 'c1', 'a1']);
  });
});

describe('the store that the page is measured on', () => {
  it('has a value for each column of a request', () => assert.deepEqual(REQUEST_COLUMNS.filter(({ sql }) => !(sql in ROW)).map(({ sql }) => sql), []));
});

describe('options of the benchmark', () => {
  it('a full run publishes its report, a quick or partial one does not', () => {
    assert.equal(readOptions([]).output, 'docs/benchmarks.md');
    assert.equal(readOptions(['--quick']).output, null);
    assert.equal(readOptions(['--only', 'syscall']).output, null);
  });
  it('naming workloads only measures all that can be measured on them', () => {
    const options = readOptions(['--only', 'http,redis']);
    assert.deepEqual(options.workloads, ['http', 'redis']);
    assert.ok(options.parts.includes('throughput') && !options.parts.includes('syscall'));
  });
  it('refuses words it does not know', () => {
    assert.throws(() => readOptions(['--only', 'htp']), UsageError);
    assert.throws(() => readOptions(['--rounds', '0']), UsageError);
    assert.throws(() => readOptions(['--fast']), UsageError);
  });
});

describe('targets of the benchmark', () => {
  it('names a missed one with both figures and does not call an unmeasured one met', () => {
    const report = writeReport({ ...empty, syscall: [{ variant: 'socket hooks', nsPerCall: 107, addedNs: 12 }] });
    assert.match(report, /Missed:\n\n- System call of a process out of scope, socket hooks: 12\.0 ns more instead of 5/);
    assert.ok(TARGETS.every((target) => judge(target, empty).verdict === 'not measured'));
  });
  it('more requests than the client made are as wrong as fewer', () => {
    const share = (counted: number) => {
      const results = { ...empty, completeness: [{ workload: 'http' as const, load: 'counted' as const, requestsPerSecond: 1, client: 100, counted, stored: counted, losses: '' }] };
      return judge(TARGETS[0], results).verdict;
    };
    assert.deepEqual([99, 100, 101].map(share), ['MISSED', 'met', 'MISSED']);
  });
});

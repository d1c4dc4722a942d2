import assert from 'node:assert/strict';
import test from 'node:test';
import { sampleRecord } from '../agent/testing/samples.js';
import type { RequestRecord } from '../requests/record.js';
import { DEFAULT_LIMITS, Trigger } from './trigger.js';

const MS = 1e6;
const SECOND = 1e9;

/** A trigger whose clock is the requests': each begins when it is offered. */
class Played {
  nowNs = 1_000 * SECOND;
  #next = 0;
  readonly trigger: Trigger;

  constructor(limits = {}) {
    this.trigger = new Trigger({ ...DEFAULT_LIMITS, ...limits });
  }

  request(ms: number, more: Partial<RequestRecord> = {}): string {
    const record = { ...sampleRecord(), id: String(this.#next++), durationNs: ms * MS, slow: false, error: 'none', endpoint: '/a', role: 'server', ...more } as RequestRecord;
    this.trigger.offer(record, this.nowNs - ms * MS, this.nowNs);
    return record.id;
  }

  requests(count: number, ms: number, more: Partial<RequestRecord> = {}): void {
    for (let i = 0; i < count; i++) this.request(ms, more);
  }

  /** What is taken within so much time. */
  taken(afterMs = 1_000): string[] {
    this.nowNs += afterMs * MS;
    return this.trigger.due(this.nowNs).map(({ record, reason }) => `${record.id} ${reason}`);
  }
}

test('slow and failed requests are taken, normal ones only now and then', () => {
  const play = new Played();
  play.requests(3, 10);
  const sampled = play.request(10);
  assert.deepEqual(play.taken(), [`${sampled} sampled`]);
  play.requests(50, 10);
  assert.deepEqual(play.taken(), []);
  const slow = play.request(900, { slow: true });
  const failed = play.request(1, { error: 'protocol_error' });
  assert.deepEqual(play.taken(), [`${slow} slow`, `${failed} failed`]);
  play.nowNs += DEFAULT_LIMITS.sampleNs;
  const again = play.request(10);
  assert.deepEqual(play.taken(), [`${again} sampled`]);
});

test('a request is also slow against what is usual for its endpoint', () => {
  const play = new Played();
  play.requests(100, 2);
  play.taken();
  play.request(18); // nine times as long, but nobody would mind
  assert.deepEqual(play.taken(), []);
  const slower = play.request(40);
  const [candidate] = play.trigger.due(play.nowNs += SECOND);
  assert.equal(candidate.record.id, slower);
  assert.equal(candidate.reason, 'slower_than_usual');
  assert.equal(candidate.usual?.count, 101);
  assert.ok(Math.abs(candidate.usual.durationNs - 2 * MS) < 0.3 * MS, String(candidate.usual.durationNs));
  play.requests(100, 40, { endpoint: '/always-slow' });
  play.taken();
  play.request(50, { endpoint: '/always-slow' });
  assert.deepEqual(play.taken(), []);
});

test('of an endpoint the slowest of an interval is taken, not the first', () => {
  const play = new Played();
  play.request(600, { slow: true });
  play.nowNs += 100 * MS;
  const slowest = play.request(900, { slow: true });
  play.nowNs += 100 * MS;
  play.request(700, { slow: true });
  const elsewhere = play.request(650, { slow: true, endpoint: '/b' });
  assert.deepEqual(play.taken(), [`${slowest} slow`, `${elsewhere} slow`]);
  assert.equal(play.trigger.passedOver, 2);
});

test('one endpoint does not use up what there is, but its slowest is taken anyway', () => {
  const play = new Played({ slow: { first: 3, firstBackNs: 60 * SECOND, everyNs: 30 * SECOND } });
  const taken = (ms: number): number => { play.request(ms, { slow: true }); return play.taken().length; };
  assert.deepEqual([taken(600), taken(600), taken(600), taken(600), taken(700)], [1, 1, 1, 0, 0]);
  assert.equal(taken(2_000), 1);
  play.request(600, { slow: true, endpoint: '/b' });
  assert.equal(play.taken().length, 1);
  play.nowNs += 60 * SECOND;
  assert.equal(taken(600), 1);
});

test('requests that go on failing alike get a few profiles; another failure of the same endpoint gets its own', () => {
  const play = new Played();
  const failing = (status: string, seconds: number): number => {
    let taken = 0;
    for (let i = 0; i < seconds; i++) {
      for (let n = 0; n < 20; n++) play.request(1, { error: 'protocol_error', status });
      taken += play.taken().length;
    }
    return taken;
  };
  const { first, everyNs } = DEFAULT_LIMITS.failed;
  assert.equal(failing('404', 20), first);
  const later = failing('404', 60);
  assert.ok(later >= 1 && later <= 60 * SECOND / everyNs + 1, String(later));
  assert.equal(failing('500', 1), 1);
});

test('failures in ever new ways are held together', () => {
  const play = new Played();
  let taken = 0;
  for (let i = 0; i < 100; i++) {
    play.request(1, { error: 'protocol_error', status: `E${i}` });
    taken += play.taken(600).length;
  }
  assert.ok(taken <= 8 + 2 * DEFAULT_LIMITS.failed.first, String(taken));
});

test('of 40 endpoints with slow requests all the time, two minutes give 200 profiles, and the hour no more than it may', () => {
  const play = new Played();
  const perEndpoint = new Map<string, number>();
  const seconds = (count: number): number => {
    let taken = 0;
    for (let i = 0; i < count; i++) {
      for (let n = 0; n < 40; n++) play.request(600 + (i * 7 + n * 13) % 100, { slow: true, endpoint: `/${n}` });
      play.nowNs += SECOND;
      for (const { record } of play.trigger.due(play.nowNs)) {
        taken++;
        perEndpoint.set(record.endpoint, (perEndpoint.get(record.endpoint) ?? 0) + 1);
      }
    }
    return taken;
  };
  const twoMinutes = seconds(120);
  assert.ok(twoMinutes >= 200 && twoMinutes <= 320, String(twoMinutes));
  assert.equal(perEndpoint.size, 40);
  const hour = twoMinutes + seconds(3_480);
  assert.ok(hour <= DEFAULT_LIMITS.perHour && hour > DEFAULT_LIMITS.perHour * 0.9, String(hour));
});

test('thousands of endpoints with normal requests leave room for slow ones', () => {
  const play = new Played();
  let sampled = 0;
  for (let i = 0; i < 1_500; i++) {
    play.requests(4, 10, { endpoint: `/${i}` });
    sampled += play.taken().length;
  }
  assert.ok(sampled > 400 && sampled < 1_000, String(sampled));
  let slow = 0;
  for (let i = 0; i < 90; i++) {
    play.request(900, { slow: true, endpoint: `/${i}` });
    slow += play.taken().filter((one) => one.endsWith(' slow')).length;
  }
  assert.equal(slow, 90);
});

test('never more than so many an hour, and one that is asked for none the less', () => {
  const play = new Played({ perHour: 5 });
  let taken = 0;
  for (let i = 0; i < 20; i++) {
    play.request(600, { slow: true, endpoint: `/${i}` });
    taken += play.taken().length;
  }
  assert.ok(taken >= 1 && taken <= 5, String(taken));
  play.trigger.ask({ service: sampleRecord().service, endpoint: '/asked' }, 1);
  const asked = play.request(1, { endpoint: '/asked' });
  assert.deepEqual(play.taken(), [`${asked} asked`]);
  play.nowNs += 3_600 * SECOND;
  play.request(600, { slow: true, endpoint: '/later' });
  assert.equal(play.taken().length, 1);
});

test('the next N requests of an endpoint are taken when asked for, each of them', () => {
  const play = new Played();
  play.trigger.ask({ service: sampleRecord().service, endpoint: '/a' }, 2);
  assert.equal(play.trigger.asks()[0].remaining, 2);
  play.request(1, { endpoint: '/b' });
  const asked = [play.request(1), play.request(1)];
  play.request(1);
  assert.deepEqual(play.taken().sort(), asked.map((id) => `${id} asked`));
  assert.deepEqual(play.trigger.asks(), []);
});

test('asked for with an operation, only requests with it are taken; too many wishes are refused', () => {
  const trigger = new Trigger();
  const { service, operation } = sampleRecord();
  assert.equal(trigger.ask({ service, endpoint: '/a', operation: `not ${operation}` }, 1), true);
  const taken = (at: number): number => { trigger.offer({ ...sampleRecord(), id: String(at), endpoint: '/a' }, at, at + 1e6); return trigger.due(at + 60e9).filter(({ reason }) => reason === 'asked').length; };
  assert.equal(taken(1e9), 0);
  trigger.ask({ service, endpoint: '/a', operation }, 1);
  assert.equal(taken(2e9), 1);
  assert.deepEqual(trigger.asks().map((ask) => [ask.operation, ask.count, ask.remaining]), [[`not ${operation}`, 1, 1]]);
  for (let i = 0; i < 99; i++) assert.equal(trigger.ask({ service, endpoint: `/${i}` }, 1), true);
  assert.equal(trigger.ask({ service, endpoint: '/one-too-many' }, 1), false);
  trigger.ask({ service, endpoint: '/0' }, 0);
  assert.equal(trigger.ask({ service, endpoint: '/one-too-many' }, 1), true);
});

test('a program that serves nobody is profiled by what it asks for', () => {
  const play = new Played();
  const script = play.request(900, { role: 'client', slow: true, pid: 4 });
  assert.deepEqual(play.taken(), [`${script} slow`]);
  play.request(1, { pid: 5 });
  play.request(900, { role: 'client', slow: true, pid: 5 });
  assert.deepEqual(play.taken(), []);
});

test('while the profiler is behind candidates wait for it, what crossed the threshold in front, the slowest first', () => {
  const play = new Played();
  const due = (backlog: number, afterMs = 300): string[] => play.trigger.due(play.nowNs += afterMs * MS, backlog).map(({ record }) => record.id);
  const failed = play.request(1, { error: 'protocol_error', endpoint: '/failed' });
  const slow = [600, 900, 700].map((ms, n) => play.request(ms, { slow: true, endpoint: `/${n}` }));
  assert.deepEqual(due(22, 600), [slow[1], slow[2]]);
  assert.deepEqual(due(24), []);
  assert.deepEqual(due(23), [slow[0]]);
  assert.equal(play.trigger.passedOver, 0);
  assert.deepEqual(due(7), [failed]);
});

test('a candidate that waited in vain is passed over, and a slower one like it takes its place meanwhile', () => {
  const play = new Played();
  play.request(600, { slow: true });
  assert.deepEqual(play.trigger.due(play.nowNs += SECOND, 1_000), []);
  const slower = play.request(800, { slow: true });
  assert.deepEqual(play.taken(), [`${slower} slow`]);
  assert.equal(play.trigger.passedOver, 1);
  play.request(2_000, { slow: true });
  assert.deepEqual(play.trigger.due(play.nowNs += 10 * SECOND, 1_000), []);
  assert.equal(play.trigger.passedOver, 2);
  assert.deepEqual(play.taken(), []);
});

test('a flood gets so many at once, then as many as a part of one CPU can make; slow ones leave their share to what failed', () => {
  const play = new Played();
  const flood = (seconds: number, more: Partial<RequestRecord>): number => {
    let taken = 0;
    for (let i = 0; i < seconds * 10; i++) {
      for (let n = 0; n < 20; n++) play.request(600, { endpoint: `/${i}-${n}`, ...more });
      taken += play.taken(100).length;
    }
    return taken;
  };
  const slow = flood(10, { slow: true });
  assert.ok(slow >= 45 && slow <= 60, String(slow));
  const failed = flood(10, { error: 'protocol_error' });
  assert.ok(failed >= 20 && failed <= 28, String(failed));
});

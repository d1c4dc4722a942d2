import assert from 'node:assert/strict';
import test from 'node:test';
import { HOSTILE, sampleProfile } from '../export/testing/sample-profile.js';
import { rowOf, type ProfileRow } from '../profile/profile-summary.js';
import type { Profile } from '../profile/profile.js';
import type { Overview, ServiceRow } from '../server/api.js';
import { addedSentence, causesOf } from './causes.js';

const RANGE = { from: 0, to: 9e15 };
const row = (service: string, ms: number, more: Partial<Profile> = {}): ProfileRow => {
  const profile = sampleProfile();
  const scale = (ms * 1e6) / 80e6;
  return rowOf({
    ...profile, service, requestId: `${service}${ms}`, requestStartNs: 0, requestEndNs: ms * 1e6,
    ledger: profile.ledger.map((entry) => ({ ...entry, ns: entry.ns * scale })), ...more,
  });
};
const overview = (p95Ms: Record<string, number>, count = 100): Overview => ({
  range: RANGE, sentence: '', notes: [],
  services: Object.entries(p95Ms).map(([service, p95]) => ({ service, role: 'server', count, p95Ns: p95 * 1e6 }) as ServiceRow),
});

test('time is summed by kind, endpoint and object, and the worst is named', () => {
  const causes = causesOf([row('cart', 100), row('cart', 300), row('shop', 50)], RANGE, null, null);
  assert.deepEqual([causes.profiles, causes.totalNs], [3, 450e6]);
  assert.deepEqual(causes.kinds.map(({ kind, ns }) => [kind, Math.round(ns / 1e6)]), [['peer', 225], ['cpu', 169], ['lock', 56]]);
  assert.deepEqual(causes.endpoints.map(({ service, profiles, lostNs, worst }) => [service, profiles, lostNs, worst.id]), [['cart', 2, 400e6, 'cart300'], ['shop', 1, 50e6, 'shop50']]);
  assert.deepEqual(causes.peers.map(({ name, service, ns, worstId }) => [name, service, Math.round(ns / 1e6), worstId]),
    [['postgres 127.0.0.1:5432', 'cart', 200, 'cart300'], ['postgres 127.0.0.1:5432', 'shop', 25, 'shop50']]);
});

test('functions are those that had the CPU while the request depended on it', () => {
  const profile = sampleProfile();
  profile.stacks.samples.push({ ns: 50e6, pid: 10, tid: 11, stack: 1, weightNs: 10e6 }, { ns: 80e6, pid: 10, tid: 12, stack: 1, weightNs: 10e6 });
  const causes = causesOf([rowOf(profile)], RANGE, null, null);
  assert.deepEqual(causes.functions.map(({ name, ns }) => [name, ns]), [['render x', 20e6]]);
});

test('the sentence says how many services are slower, and what the one that loses most loses it to', () => {
  const before = overview({ cart: 10, shop: 10, pay: 10 });
  assert.equal(causesOf([row('cart', 300), row('shop', 50)], RANGE, overview({ cart: 40, shop: 11, pay: 10 }), before).sentence,
    '1 of 3 services is slower than in the hour before; cart loses most time to waiting for postgres 127.0.0.1:5432.');
  assert.equal(causesOf([row('shop', 50)], RANGE, overview({ cart: 10, shop: 11 }), before).sentence,
    'No service is slower than in the hour before; shop loses most time to waiting for postgres 127.0.0.1:5432.');
  assert.equal(causesOf([], RANGE, overview({ cart: 40 }), overview({ cart: 10 }, 3)).sentence, '', 'three requests are nothing to compare with');
  assert.equal(causesOf([], RANGE, null, null).sentence, '');
});

test('the overview is told what is wrong, and nothing when no request was profiled', () => {
  const before = overview({ cart: 10, shop: 10 });
  const lost = 'shop loses most time to waiting for postgres 127.0.0.1:5432.';
  assert.equal(addedSentence(causesOf([row('shop', 50)], RANGE, overview({ cart: 10, shop: 10 }), before)), lost);
  assert.equal(addedSentence(causesOf([row('shop', 50)], RANGE, null, null)), lost);
  assert.equal(addedSentence(causesOf([row('shop', 50)], RANGE, overview({ cart: 90, shop: 10 }), before)), `1 of 2 services is slower than in the hour before; ${lost}`);
  assert.equal(addedSentence(causesOf([], RANGE, overview({ cart: 90 }), before)), '');
});

test('requests that were only asked for or sampled are nobody\'s loss; beyond what is usual counts', () => {
  const usual = { durationNs: 290e6, count: 100, requestId: '', ledger: [] };
  const causes = causesOf([row('cart', 300, { usual }), row('shop', 50), row('pay', 900, { reason: 'sampled' })], RANGE, null, null);
  assert.match(causes.sentence, /^shop loses most/);
  assert.deepEqual(causes.endpoints.find(({ service }) => service === 'cart')?.lostNs, 10e6);
});

test('names from outside stay one short line, and thousands of endpoints a hundred', () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => row('cart', 100, { endpoint: `/${i}` }));
  const causes = causesOf(rows, RANGE, null, null);
  assert.deepEqual([causes.endpoints.length, causes.notes], [100, ['2900 more endpoints lost less time.']]);
  const profile = sampleProfile(HOSTILE + 'x'.repeat(5_000));
  const odd = rowOf({ ...profile, ledger: [profile.ledger[2]] });
  const { sentence } = causesOf([{ ...odd, service: 'cart' }], RANGE, null, null);
  assert.ok(sentence.length < 200 && !/[\u0000-\u001f\u202e\u2028]/.test(sentence), sentence);
  assert.ok(JSON.stringify(odd).length < 8_000, String(JSON.stringify(odd).length));
});

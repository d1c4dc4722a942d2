import assert from 'node:assert/strict';
import test from 'node:test';
import type { ProfileSummary } from '../../src/server/api.js';
import { causeGroups, fittingProfiles } from './profile-list.js';

const row = (id: string, topKind: ProfileSummary['topKind'], object: string, lostNs: number, more: Partial<ProfileSummary> = {}): ProfileSummary => ({
  id, service: 'cart', protocol: 'http', endpoint: '/checkout', operation: 'POST', status: '200', error: 'none', start: '0', durationNs: lostNs, usualNs: null, lostNs, verdict: '', reason: 'slow',
  cause: { name: topKind, kind: topKind, object, share: 0.9 }, topKind, shares: [], pending: false, ...more,
});
const rows = [row('a', 'lock', '0x7f', 100), row('b', 'lock', '0x7f', 300, { endpoint: '/pay' }), row('c', 'cpu', '', 350, { reason: 'failed' }), row('d', 'lock', '0x80', 10, { verdict: 'It waited for Report.render' })];
const none = { words: '', service: '', reason: '', cause: '' };
const ids = (filter: Partial<typeof none>): string => fittingProfiles(rows, { ...none, ...filter }).map(({ id }) => id).join('');

test('requests are narrowed by service, reason, cause and words', () => {
  assert.equal(ids({}), 'abcd');
  assert.equal(ids({ cause: 'lock' }), 'abd');
  assert.equal(ids({ reason: 'failed' }), 'c');
  assert.equal(ids({ service: 'nginx' }), '');
  assert.equal(ids({ words: 'pay 0X7F' }), 'b');
  assert.equal(ids({ words: 'report.render' }), 'd');
});

test('the same lock in several requests is one cause; most time lost first', () => {
  assert.deepEqual(causeGroups(rows).map(({ label, lostNs, rows: of, endpoints }) => [label, lostNs, of.map(({ id }) => id).join(''), endpoints.length]),
    [['lock: 0x7f', 400, 'ba', 2], ['on CPU', 350, 'c', 1], ['lock: 0x80', 10, 'd', 1]]);
});

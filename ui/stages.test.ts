import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestSummary } from '../src/server/api.js';
import { placedStages, stagesOf, statusText } from './stages.js';

const request = (patch: Partial<RequestSummary>): RequestSummary =>
  ({ role: 'client', protocol: 'http', error: 'none', status: '200', peerService: 'db', connectNs: null, unreadNs: null, sendNs: 1, waitNs: 5, receiveNs: 2, ...patch }) as RequestSummary;

test('stages follow each other; connecting comes before the request', () => {
  assert.deepEqual(placedStages(request({ connectNs: 3 })).map((s) => [s.key, s.fromNs]), [['connect', -3], ['send', 0], ['wait', 1], ['receive', 6]]);
});

test('time unread in the socket comes first, and the others after it', () => {
  assert.deepEqual(placedStages(request({ role: 'server', unreadNs: 7 })).map((s) => [s.key, s.fromNs]), [['unread', 0], ['send', 7], ['wait', 8], ['receive', 13]]);
});

test('a failed connect is the request itself', () => {
  const failed = request({ error: 'connect_failed', connectNs: 9, sendNs: null, waitNs: null, receiveNs: null });
  assert.deepEqual(placedStages(failed).map((s) => [s.key, s.fromNs]), [['connect', 0]]);
});

test('a stage that does not exist is not shown', () => {
  assert.deepEqual(stagesOf(request({ receiveNs: null })).map((s) => s.key), ['send', 'wait']);
});

test('statuses are words or codes', () => {
  assert.equal(statusText(request({})), '200');
  assert.equal(statusText(request({ protocol: 'postgres', status: '0' })), 'ok');
  assert.equal(statusText(request({ protocol: 'dns', status: '3', error: 'protocol_error' })), 'NXDOMAIN');
  assert.equal(statusText(request({ protocol: 'mysql', status: '1064', error: 'protocol_error' })), 'error 1064');
  assert.equal(statusText(request({ error: 'no_response', status: '' })), 'no response');
});

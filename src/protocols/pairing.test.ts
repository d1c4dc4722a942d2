import assert from 'node:assert/strict';
import test from 'node:test';
import type { Pending } from './pairing.js';
import { Pairing } from './pairing.js';
import type { Exchange } from './protocol.js';
import { MAX_PENDING, newExchange } from './protocol.js';

const TURNS = { plain: 1, pipelined: 2 };

function request(resource: string, ns: number): Pending {
  const exchange = newExchange('test');
  exchange.resource = resource;
  exchange.startNs = exchange.requestEndNs = exchange.endNs = ns;
  return { exchange, requestDone: true, responseStarted: false, responseDone: false, patient: false };
}

function answer(pairing: Pairing<Pending>, ns: number): void {
  const pending = pairing.first();
  assert.ok(pending);
  pairing.responded(pending, ns);
}

test('beyond the limit the oldest are given up, and the order of responses is kept', () => {
  const emitted: Exchange[] = [];
  const pairing = new Pairing((exchange) => { emitted.push(exchange); }, TURNS, false);
  for (let i = 0; i < MAX_PENDING + 3; i++) pairing.add(request(`r${i}`, i));
  assert.deepEqual(emitted.map((exchange) => `${exchange.resource} ${exchange.incomplete}`), ['r0 pending_overflow', 'r1 pending_overflow', 'r2 pending_overflow']);
  assert.equal(pairing.waiting, MAX_PENDING);
  for (let i = 0; i < 4; i++) answer(pairing, 1e6);
  assert.equal(emitted[3].resource, 'r3');
  assert.equal(emitted[3].incomplete, '');
});

test('a client that never gets responses does not make it grow without end', () => {
  let emitted = 0;
  const pairing = new Pairing(() => { emitted++; }, TURNS, false);
  const count = 5 * MAX_PENDING;
  for (let i = 0; i < count; i++) pairing.add(request('r', i));
  assert.ok(pairing.length <= 2 * MAX_PENDING);
  assert.equal(emitted + pairing.waiting, count);
});

test('after a join exchanges are marked until a turn has shown that nothing else is under way', () => {
  const marks: string[] = [];
  const pairing = new Pairing((exchange) => { marks.push(exchange.incomplete); }, TURNS, true);
  for (let turn = 0; turn < 3; turn++) {
    pairing.add(request('r', turn * 10));
    answer(pairing, turn * 10 + 5);
  }
  assert.deepEqual(marks, ['joined_mid_stream', '', '']);
});

test('an expired request keeps its place: its late response is not the next one\'s', () => {
  const emitted: Exchange[] = [];
  const pairing = new Pairing((exchange) => { emitted.push(exchange); }, TURNS, false);
  pairing.add(request('slow', 10));
  pairing.add(request('next', 500));
  pairing.expire(100, 1000);
  answer(pairing, 1100);
  answer(pairing, 1200);
  assert.deepEqual(emitted.map((exchange) => `${exchange.resource} ${exchange.error}`), ['slow no_response', 'next none']);
});

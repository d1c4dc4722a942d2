import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestSummary } from '../src/server/api.js';
import { chainsOf, servicesOf } from './chains.js';

function row(service: string, peerService: string, fromMs: number, toMs: number, role: 'server' | 'client' = 'server'): RequestSummary {
  return { id: `${service}${fromMs}`, service, peerService, role, start: String(BigInt(fromMs) * 1_000_000n), durationNs: (toMs - fromMs) * 1e6, client: '1', server: '2' } as RequestSummary;
}

test('the requests of one incident are one chain, outermost first', () => {
  const nginx = row('nginx', '10.0.0.1', 1_000, 1_100);
  const shop = row('shop', 'nginx', 1_010, 1_090);
  const postgres = row('postgres', 'shop', 1_020, 1_080);
  assert.deepEqual(chainsOf([postgres, nginx, shop]), [[nginx, shop, postgres]]);
  assert.deepEqual(servicesOf([nginx, shop, postgres]), ['nginx', 'shop', 'postgres']);
});

test('another time or another caller is another incident', () => {
  const shop = row('shop', 'nginx', 1_000, 1_100);
  const later = row('postgres', 'shop', 1_200, 1_250);
  const others = row('postgres', 'billing', 1_010, 1_050);
  assert.equal(chainsOf([shop, later, others]).length, 3);
});

test('an end that nobody traces is named', () => {
  assert.deepEqual(servicesOf([row('nginx', '', 0, 9), row('nginx', '127.0.0.1:9', 1, 2, 'client')]), ['nginx', '127.0.0.1:9']);
});

test('an event loop working on two requests at once: the call goes to the narrower one', () => {
  const long = row('shop', 'nginx', 1_000, 2_000);
  const short = row('shop', 'nginx', 1_100, 1_200);
  const call = row('redis', 'shop', 1_110, 1_190);
  assert.deepEqual(chainsOf([long, short, call]), [[long], [short, call]]);
});

test('with both ends of each exchange the innermost end comes last', () => {
  const nginx = row('nginx', '10.0.0.1', 1_000, 1_100);
  const asking = { ...row('nginx', 'shop', 1_005, 1_095, 'client'), client: 'a', server: 'b' };
  const shop = { ...row('shop', 'nginx', 1_006, 1_094), client: 'a', server: 'b' };
  const asksDns = { ...row('shop', 'dnsmasq', 1_010, 1_020, 'client'), client: 'c', server: 'd' };
  const dns = { ...row('dnsmasq', '127.0.0.1', 1_011, 1_019), client: 'c', server: 'd' };
  const all = [dns, asksDns, shop, asking, nginx];
  assert.deepEqual(chainsOf(all), [[nginx, asking, shop, asksDns, dns]]);
  assert.deepEqual(servicesOf(chainsOf(all)[0]), ['nginx', 'shop', 'dnsmasq']);
});

test('of two alike at the same time each keeps its own', () => {
  const [outerA, outerB] = [row('nginx', 'x', 1_000, 1_651), row('nginx', 'x', 1_000, 1_653)].map((one) => ({ ...one, protocol: 'http', resource: '/checkout' }));
  const [innerA, innerB] = [row('shop', 'nginx', 1_001, 1_650), row('shop', 'nginx', 1_001, 1_650)].map((one) => ({ ...one, protocol: 'http', resource: '/checkout' }));
  assert.deepEqual(chainsOf([outerA, outerB, innerA, innerB]).map((chain) => chain.length), [2, 2]);
});

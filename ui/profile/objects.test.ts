import assert from 'node:assert/strict';
import test from 'node:test';
import type { Operation, Profile } from '../../src/server/api.js';
import { completed } from './completed.js';
import { objectSums } from './objects.js';
import { resultText } from './results.js';

const operation = (object: string, syscall: string, ns: number, result: number | null, kind: Operation['kind'] = 'file'): Operation => ({ startNs: 0, endNs: ns, pid: 1, tid: 1, kind, syscall, object, result });

test('operations are summed by object, the most time first; failures and what is no number of bytes add none', () => {
  const profile = completed({ operations: [operation('/a', 'write', 5, 100), operation('/a', 'fsync', 20, 0), operation('/b', 'read', 3, 7), operation('/b', 'openat', 1, 12), operation('/b', 'read', 1, -5), operation('10.0.0.1:80', 'read', 9, 1, 'network')] } as unknown as Profile)!;
  const sums = objectSums(profile, 'file');
  assert.deepEqual(sums.map(({ object, count, ns, bytes, failed, slowest }) => [object, count, ns, bytes, failed, slowest?.syscall]), [['/a', 2, 25, 100, 0, 'fsync'], ['/b', 3, 5, 7, 1, 'read']]);
});

test('peers have their calls beside their waits', () => {
  const call = { id: 'a', service: 'redis', protocol: 'redis', endpoint: 'GET', startNs: 0, endNs: 50, tid: 1, peer: '10.0.0.1:80' };
  const [first, second] = objectSums(completed({ operations: [operation('10.0.0.2:90', 'read', 9, 1, 'network')], calls: [call] } as unknown as Profile)!, 'network');
  assert.deepEqual([first.object, first.calls.length, first.count, second.object, second.count], ['10.0.0.1:80', 1, 0, '10.0.0.2:90', 1]);
});

test('results are said as errors, bytes or numbers', () => {
  assert.equal(resultText('openat', -2), 'ENOENT');
  assert.equal(resultText('openat', -9_999), 'error 9999');
  assert.equal(resultText('recvfrom', 1_200).replace('\u00a0', ' '), '1.2 kB');
  assert.equal(resultText('futex', 1), 'returned 1');
});

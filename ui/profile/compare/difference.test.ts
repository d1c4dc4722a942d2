import assert from 'node:assert/strict';
import test from 'node:test';
import { ledgerDifference } from './difference.js';

test('ledgers are aligned by kind, the largest difference first, with what only one of them has', () => {
  const rows = ledgerDifference(
    [{ kind: 'lock', object: '0x7f, held by a', ns: 700, share: 0.7 }, { kind: 'lock', object: '0x80', ns: 50, share: 0.05 }, { kind: 'cpu', object: '', ns: 250, share: 0.25 }],
    [{ kind: 'cpu', object: '', ns: 240, share: 0.8 }, { kind: 'peer', object: 'postgres', ns: 60, share: 0.2 }],
  );
  assert.deepEqual(rows.map(({ kind, ns, otherNs }) => [kind, ns, otherNs]), [['lock', 750, 0], ['peer', 0, 60], ['cpu', 250, 240]]);
  assert.deepEqual(rows[0].objects.map((one) => one.object), ['0x7f, held by a', '0x80']);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { PathSegment } from '../../src/server/api.js';
import { visitsOf } from './timeline-model.js';

const piece = (tid: number, startNs: number, endNs: number, inside?: PathSegment[]): PathSegment => ({ tid, startNs, endNs, kind: inside ? 'peer' : 'cpu', object: '', call: null, ...(inside ? { inside } : {}) });

test('the path goes into a traced peer and back, and pieces of one thread in a row are one stretch', () => {
  const visits = visitsOf([piece(1, 0, 10), piece(1, 10, 20), piece(1, 20, 100, [piece(7, 30, 50), piece(7, 50, 60), piece(8, 60, 90, [piece(9, 70, 80)])]), piece(2, 100, 120)]);
  assert.deepEqual(visits.map(({ tid, startNs, endNs }) => `${tid}: ${startNs}-${endNs}`), ['1: 0-30', '7: 30-60', '8: 60-70', '9: 70-80', '8: 80-90', '1: 90-100', '2: 100-120']);
});

test('a piece of no length is no stretch', () => {
  assert.deepEqual(visitsOf([piece(1, 5, 5), piece(2, 5, 9)]).map(({ tid }) => tid), [2]);
});

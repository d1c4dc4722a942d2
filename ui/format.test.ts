import assert from 'node:assert/strict';
import test from 'node:test';
import { formatAge, formatBytes, formatClock, formatCount, formatDuration, formatRate, formatShare, startMs } from './format.js';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('durations carry the unit that leaves a readable number', () => {
  const cases: Array<[number, string]> = [
    [0, '0 ms'], [1, '1 ns'], [812, '812 ns'], [1_500, '1.5 µs'], [12_340, '12.3 µs'], [812e6, '812 ms'], [999.9e6, '1 s'],
    [1.914e9, '1.91 s'], [90e9, '90 s'], [180e9, '3 min'], [7200e9, '2 h'],
  ];
  for (const [ns, text] of cases) assert.equal(plain(formatDuration(ns)), text);
  assert.equal(formatDuration(null), '–');
  assert.equal(formatDuration(NaN), '–');
});

test('sizes, counts and rates carry units', () => {
  assert.equal(plain(formatBytes(0)), '0 B');
  assert.equal(plain(formatBytes(1_400_000)), '1.4 MB');
  assert.equal(formatCount(1_234), '1,234');
  assert.equal(formatCount(999_999), '999,999');
  assert.equal(plain(formatCount(3_200_000)), '3.2 M');
  assert.equal(plain(formatRate(3_200)), '3.2 k/s');
  assert.equal(plain(formatRate(0.4)), '0.4 /s');
  assert.equal(plain(formatRate(0.0034)), '0.003 /s');
});

test('a share that exists is never shown as zero, and nearly all is not all', () => {
  assert.equal(plain(formatShare(0.0004)), '<0.1 %');
  assert.equal(plain(formatShare(0.004)), '0.4 %');
  assert.equal(plain(formatShare(0.95)), '95 %');
  assert.equal(plain(formatShare(0.998)), '99.8 %');
  assert.equal(plain(formatShare(0)), '0 %');
});

test('wall clock nanoseconds keep their milliseconds', () => {
  assert.equal(Math.floor(startMs('1732337002117123456')), 1732337002117);
  assert.equal(formatClock(startMs('1732337002117123456')).slice(-4), '.117');
});

test('ages are coarse', () => {
  assert.equal(plain(formatAge(45_000)), '45 s');
  assert.equal(plain(formatAge(150_000)), '2 min');
  assert.equal(plain(formatAge(5_400_000)), '1.5 h');
});

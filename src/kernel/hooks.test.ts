import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOldKernel, mayWatchDatagrams, missingCapabilities } from './hooks.js';

const status = (...bits: number[]): string => `Name:\tx\nCapEff:\t${bits.reduce((sum, bit) => sum | 1n << BigInt(bit), 0n).toString(16).padStart(16, '0')}\n`;
const [NET_ADMIN, SYS_PTRACE, SYS_ADMIN, PERFMON, BPF] = [12, 19, 21, 38, 39];

test('the capabilities that tracing needs are named; the senders of datagrams are optional', () => {
  assert.deepEqual(missingCapabilities(status()), ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_PTRACE']);
  assert.deepEqual(missingCapabilities(status(BPF, PERFMON, SYS_PTRACE)), []);
  assert.deepEqual(missingCapabilities(status(SYS_ADMIN)), ['CAP_SYS_PTRACE']);
  assert.deepEqual([[BPF, PERFMON, SYS_PTRACE], [NET_ADMIN], [SYS_ADMIN]].map((bits) => mayWatchDatagrams(status(...bits))), [false, true, true]);
});

test('kernels before 5.15 are too old', () => {
  assert.deepEqual(['4.19.0', '5.10.0-28-amd64', '5.14.21', '5.15.0', '6.1.0-18', '10.0.1'].map((release) => isOldKernel(release)), [true, true, true, false, false, false]);
});

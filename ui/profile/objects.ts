/** Operations and calls summed up by what they were on: a file, or a peer. */
import type { CallRef, Operation, Profile } from '../../src/server/api.js';

export interface ObjectSum {
  object: string;
  /** Of a peer: the service it is known as; '' when it is not. */
  name: string;
  count: number;
  ns: number;
  bytes: number;
  failed: number;
  syscalls: string[];
  slowest: Operation | null;
  /** Slowest first. */
  operations: Operation[];
  /** Of peers: the requests made to them, slowest first. */
  calls: CallRef[];
}

export function objectSums({ operations, calls }: Profile, kind: Operation['kind']): ObjectSum[] {
  const sums = new Map<string, ObjectSum>();
  const sumOf = (object: string): ObjectSum => {
    let sum = sums.get(object);
    if (!sum) sums.set(object, (sum = { object, name: '', count: 0, ns: 0, bytes: 0, failed: 0, syscalls: [], slowest: null, operations: [], calls: [] }));
    return sum;
  };
  for (const operation of operations) if (operation.kind === kind) addOperation(sumOf(operation.object), operation);
  if (kind === 'network') for (const call of calls) addCall(sumOf(call.peer ?? call.service), call);
  for (const sum of sums.values()) {
    sum.operations.sort((a, b) => durationOf(b) - durationOf(a));
    sum.calls.sort((a, b) => durationOf(b) - durationOf(a));
  }
  return [...sums.values()].sort((a, b) => timeOf(b) - timeOf(a));
}

function addOperation(sum: ObjectSum, operation: Operation): void {
  sum.count++;
  sum.ns += durationOf(operation);
  if (operation.result !== null && operation.result < 0) sum.failed++;
  else if (movesBytes(operation.syscall)) sum.bytes += operation.result ?? 0;
  if (!sum.syscalls.includes(operation.syscall)) sum.syscalls.push(operation.syscall);
  if (!sum.slowest || durationOf(operation) > durationOf(sum.slowest)) sum.slowest = operation;
  sum.operations.push(operation);
}

function addCall(sum: ObjectSum, call: CallRef): void {
  sum.calls.push(call);
  sum.name ||= call.service === sum.object ? '' : call.service;
}

/** What others return is no number of bytes. */
const movesBytes = (syscall: string): boolean => /read|write|recv|send|splice|copy/.test(syscall);

export const durationOf = ({ startNs, endNs }: { startNs: number; endNs: number }): number => endNs - startNs;
const timeOf = (sum: ObjectSum): number => Math.max(sum.ns, sum.calls.reduce((all, call) => all + durationOf(call), 0));

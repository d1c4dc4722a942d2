/** What must hold for every parser, as fast-check properties: pass them to `fc.assert`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Payload } from '../../streams/payload.js';
import type { Exchange, Protocol } from '../protocol.js';
import { MAX_PENDING, REQUEST, RESPONSE } from '../protocol.js';
import type { Chunk, Step } from './conversation.js';
import type { DriveOptions } from './harness.js';
import { Driver, converse, summary } from './harness.js';

/** An exchange with payloads as text, to compare deeply. */
export function plain(exchange: Exchange): object {
  const text = (payload: Payload | null): string | null => payload && Buffer.from(payload.bytes()).toString('latin1');
  return { ...exchange, requestPayload: text(exchange.requestPayload), responsePayload: text(exchange.responsePayload) };
}

/** The chunk's bytes in pieces at the cut points (fractions of its length, 0..1); only the last one keeps what is missing. */
export function cut(chunk: Chunk, fractions: number[]): Chunk[] {
  const { length } = chunk.bytes;
  const points = [...new Set([0, length, ...fractions.map((fraction) => Math.floor(fraction * length))])].sort((a, b) => a - b);
  if (points.length < 2) return [chunk];
  return points.slice(1).map((to, i) => ({ ...chunk, bytes: chunk.bytes.subarray(points[i], to), missing: to === length ? chunk.missing : 0 }));
}

function cutSteps(steps: Step[], fractions: number[][]): Step[] {
  return steps.flatMap((step, i): Step[] => (step.kind === 'chunk' ? cut(step, fractions[i % fractions.length]) : [step]));
}

/** One byte a chunk. */
export function byteByByte(steps: Step[]): Step[] {
  return steps.flatMap((step): Step[] => {
    if (step.kind !== 'chunk' || step.bytes.length === 0) return [step];
    return Array.from(step.bytes, (_, i) => ({
      ...step, bytes: step.bytes.subarray(i, i + 1), missing: i === step.bytes.length - 1 ? step.missing : 0,
    }));
  });
}

/** The same exchanges, in full, whatever the points at which the chunks of `steps` are cut. */
export function cutAnywhere(protocol: Protocol, steps: Step[], options: DriveOptions = {}): fc.IPropertyWithHooks<[number[][]]> {
  const expected = converse(protocol, steps, options).map(plain);
  const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const fractions = fc.array(fc.array(fraction, { maxLength: 6 }), { minLength: 1, maxLength: Math.max(1, Math.min(steps.length, 40)) });
  return fc.property(fractions, (points) => {
    assert.deepEqual(converse(protocol, cutSteps(steps, points), options).map(plain), expected);
  });
}

/** Hostile input: random bytes and fragments of the protocol in any order, from both sides, with gaps, ends and expiry. */
export function anyBytes(protocol: Protocol, fragments: string[], options: DriveOptions = {}): fc.IPropertyWithHooks<[Step[], boolean]> {
  const limits: DriveOptions = { maxLeftoverBytes: 128 * 1024, ...options };
  return fc.property(arbitrarySteps(fragments), fc.boolean(), (steps, joined) => {
    const driver = new Driver(protocol, { ...limits, joined });
    let bytes = 0;
    for (const step of steps) {
      if (step.kind === 'chunk') bytes += step.bytes.length;
      driver.step(step);
      assert.ok(driver.parser.pending() <= MAX_PENDING, 'too many pending');
    }
    driver.parser.expire(Infinity, 1e12);
    driver.parser.finish('closed', 1e12);
    assert.equal(driver.parser.pending(), 0);
    assert.ok(driver.calls <= 4 * (bytes + steps.length) + 4, `${driver.calls} calls for ${bytes} bytes`);
    for (const exchange of driver.exchanges) assertBounded(exchange, protocol);
  });
}

function assertBounded(exchange: Exchange, protocol: Protocol): void {
  assert.equal(exchange.protocol, protocol.name);
  assert.ok(exchange.resource.length <= 1024 && exchange.operation.length <= 256 && exchange.errorText.length <= 256, summary(exchange));
  assert.ok(Number.isFinite(exchange.startNs) && Number.isFinite(exchange.endNs), 'times must be known');
  assert.ok(exchange.requestBytes >= 0 && exchange.responseBytes >= 0);
  assert.ok(exchange.endNs >= exchange.startNs, `ends at ${exchange.endNs}, before its start at ${exchange.startNs}`);
}

function arbitrarySteps(fragments: string[]): fc.Arbitrary<Step[]> {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...fragments).map((text) => Buffer.from(text, 'latin1')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  );
  const chunk = fc.record({
    side: fc.constantFrom(REQUEST, RESPONSE),
    pieces: fc.array(piece, { maxLength: 6 }),
    missing: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5000) }),
  }).map(({ side, pieces, missing }): Step => ({ kind: 'chunk', side, ns: 0, tid: side + 1, bytes: new Uint8Array(Buffer.concat(pieces)), missing }));
  const halfClose = fc.constantFrom(REQUEST, RESPONSE).map((side): Step => ({ kind: 'halfClose', side, ns: 0 }));
  return fc.array(fc.oneof({ weight: 30, arbitrary: chunk }, { weight: 1, arbitrary: halfClose }), { maxLength: 30 })
    .map((steps) => steps.map((step, i) => ({ ...step, ns: (i + 1) * 1000 })));
}

/**
 * Joins `steps` at byte `offset` of the whole conversation (both sides, in order of time).
 * Complete exchanges must be ones that the whole conversation has, in its order.
 * @returns how many complete exchanges were found
 */
export function assertJoinsAt(protocol: Protocol, steps: Step[], offset: number, options: DriveOptions = {}): number {
  const whole = converse(protocol, steps, options).map(identity);
  const found = converse(protocol, dropBytes(steps, offset), { ...options, joined: true }).filter((exchange) => exchange.incomplete === '');
  let from = 0;
  for (const exchange of found) {
    const at = whole.indexOf(identity(exchange), from);
    assert.ok(at >= 0, `joined at byte ${offset}: no such exchange in the whole conversation: ${identity(exchange)}`);
    from = at + 1;
  }
  return found.length;
}

function identity(exchange: Exchange): string {
  return `${summary(exchange)} ${exchange.responseStartNs} ${exchange.endNs} ${exchange.requestBytes} ${exchange.responseBytes}`;
}

export function dropBytes(steps: Step[], offset: number): Step[] {
  let left = offset;
  return steps.flatMap((step): Step[] => {
    if (step.kind !== 'chunk' || left <= 0) return [step];
    const dropped = Math.min(left, step.bytes.length);
    left -= dropped;
    return dropped === step.bytes.length ? [] : [{ ...step, bytes: step.bytes.subarray(dropped) }];
  });
}

export function totalBytes(steps: Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'chunk' ? step.bytes.length : 0), 0);
}

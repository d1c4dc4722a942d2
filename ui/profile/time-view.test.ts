import assert from 'node:assert/strict';
import test from 'node:test';
import { clampView, LEAST_SPAN_NS, nsOf, panned, readView, requestView, revealing, viewTicks, writeView, xOf, zoomed } from './time-view.js';

const WINDOW = 1_000_000;

test('at first the request fills the view, with a little around it', () => {
  assert.deepEqual(requestView({ requestStartNs: 100_000, requestEndNs: 600_000, windowNs: WINDOW }), { fromNs: 80_000, toNs: 620_000 });
  assert.deepEqual(requestView({ requestStartNs: 0, requestEndNs: WINDOW, windowNs: WINDOW }), { fromNs: 0, toNs: WINDOW });
});

test('zooming keeps what is under the pointer where it is', () => {
  const view = { fromNs: 200_000, toNs: 600_000 };
  const next = zoomed(view, 0.5, 300_000, WINDOW);
  assert.deepEqual(next, { fromNs: 250_000, toNs: 450_000 });
  assert.equal(xOf(next, 300_000, 800), xOf(view, 300_000, 800));
});

test('no view leaves the window, and none is too short to be seen', () => {
  assert.deepEqual(zoomed({ fromNs: 0, toNs: 500_000 }, 100, 0, WINDOW), { fromNs: 0, toNs: WINDOW });
  assert.deepEqual(panned({ fromNs: 700_000, toNs: 900_000 }, 500_000, WINDOW), { fromNs: 800_000, toNs: WINDOW });
  assert.deepEqual(panned({ fromNs: 100_000, toNs: 300_000 }, -500_000, WINDOW), { fromNs: 0, toNs: 200_000 });
  const { fromNs, toNs } = zoomed({ fromNs: 0, toNs: 2_000 }, 1e-9, 1_000, WINDOW);
  assert.equal(toNs - fromNs, LEAST_SPAN_NS);
  assert.deepEqual(clampView({ fromNs: 0, toNs: 10 }, 500), { fromNs: 0, toNs: 500 }, 'a window shorter than that is shown whole');
});

test('a selected slice is moved into view, and only as far as needed', () => {
  const view = { fromNs: 200_000, toNs: 400_000 };
  assert.equal(revealing(view, 250_000, 300_000, WINDOW), view);
  for (const [from, to] of [[100_000, 110_000], [500_000, 510_000], [390_000, 420_000]]) {
    const next = revealing(view, from, to, WINDOW);
    assert.ok(next.fromNs <= from && next.toNs >= to, `${from}`);
    assert.equal(next.toNs - next.fromNs, 200_000);
  }
});

test('a view in the address is read back; what is none is not', () => {
  assert.deepEqual(readView(writeView({ fromNs: 1_000.4, toNs: 90_000 }), WINDOW), { fromNs: 1_000, toNs: 90_000 });
  for (const text of [null, '', '5', '9-3', '2000000-3000000', '-5-7', '1e3-2e3', '1-2;alert(1)']) assert.equal(readView(text, WINDOW), null, String(text));
});

test('pixels and times convert both ways', () => {
  const view = { fromNs: 1_000, toNs: 5_000 };
  assert.equal(nsOf(view, xOf(view, 2_345, 640), 640), 2_345);
});

test('ticks are round, counted from the start of the request, and few', () => {
  assert.deepEqual(viewTicks({ fromNs: 0, toNs: 1_000 }, 300, 5), [100, 300, 500, 700, 900]);
  for (const span of [1_000, 33_333, 7e9]) assert.ok(viewTicks({ fromNs: 0, toNs: span }, 0, 8).length <= 10);
});

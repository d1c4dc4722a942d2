import assert from 'node:assert/strict';
import test from 'node:test';
import { hotFunction } from './hot-function.js';
import type { Frame, FrameKind, Stacks } from './stacks.js';

const MODULES: Record<string, Partial<Frame>> = {
  c: { kind: 'native', module: 'app' }, lib: { kind: 'native', module: 'libc.so.6' }, node: { kind: 'native', module: 'node' },
  js: { kind: 'javascript', module: 'server.js' }, core: { kind: 'javascript', module: 'node:http' }, java: { kind: 'java', module: 'Shop.class' },
  k: { kind: 'kernel', module: '[kernel]' }, jit: { kind: 'unknown', module: '[jit]' },
};

/** One sample a ms of thread 1; `c:main > c:render > lib:memcpy`, outermost first. */
function sampled(...lines: string[]): Stacks {
  const frames: Frame[] = [];
  const stacks = lines.map((line) => ({
    truncated: '', frames: line.split(' > ').reverse().map((text) => {
      const [kind, name] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
      return frames.push({ name, kind: 'native' as FrameKind, module: '', file: '', line: 0, inlined: false, ...MODULES[kind] }) - 1;
    }),
  }));
  return { frames, stacks, samples: lines.map((_, i) => ({ ns: i * 1e6, pid: 1, tid: 1, stack: i, weightNs: 1e6 })), pending: false };
}

const hot = (...lines: string[]): string | undefined => hotFunction(sampled(...lines), [{ tid: 1, startNs: 0, endNs: 1e9 }])?.name;

test('the innermost function of the program below which most samples are, not the library or the kernel below it', () => {
  assert.equal(hot('c:main > c:handle > c:render > lib:memcpy', 'c:main > c:handle > c:render > c:layout', 'c:main > c:handle > c:render > k:do_page_fault', 'c:main > c:handle'), 'render');
});

test('functions of a runtime are not the program\'s', () => {
  assert.equal(hot('node:llhttp__internal_execute > core:emit > js:renderReport > node:Builtins_MathSqrt', 'node:llhttp__internal_execute > core:emit > js:renderReport'), 'renderReport');
  assert.equal(hot('java:java.lang.Thread.run > java:Shop.handle > java:Shop.addLines > java:java.util.ArrayList.add', 'java:java.lang.Thread.run > java:Shop.handle > java:Shop.addLines'), 'Shop.addLines');
});

test('without a name for the program\'s own code none is invented', () => {
  assert.equal(hot('node:llhttp__internal_execute > jit:[generated code]', 'node:llhttp__internal_execute > jit:[generated code]'), undefined);
  assert.equal(hot('c:app+0x1234', 'c:app+0x1234'), undefined);
});

test('a function called from many places is found too', () => {
  assert.equal(hot('c:a > c:hash', 'c:b > c:hash', 'c:c > c:hash', 'c:d > c:other'), 'hash');
});

test('samples of other threads and times do not count, and a single one says nothing', () => {
  assert.equal(hotFunction(sampled('c:a', 'c:a'), [{ tid: 2, startNs: 0, endNs: 1e9 }]), null);
  assert.equal(hotFunction(sampled('c:a', 'c:a'), [{ tid: 1, startNs: 5e5, endNs: 1e9 }]), null);
});

test('an anonymous function is called by its place, or by the function around it', () => {
  assert.equal(hot('core:emit > js:(anonymous)', 'core:emit > js:(anonymous)'), 'an anonymous function at server.js');
  assert.equal(hot('js:(anonymous) > js:buildReport > js:(anonymous)', 'js:(anonymous) > js:buildReport > js:(anonymous)'), 'buildReport');
  assert.equal(hotFunction({ ...sampled('js:(anonymous)', 'js:(anonymous)'), frames: [1, 2].map(() => ({
    name: '(anonymous)', kind: 'javascript' as const, module: 'reports.js', file: '/srv/reports.js', line: 42, inlined: false,
  })) }, [{ tid: 1, startNs: 0, endNs: 1e9 }])?.name, 'an anonymous function at reports.js:42');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { Stacks } from '../../../src/server/api.js';
import { FunctionTable } from './functions.js';
import { layoutSandwich, layoutTree, neighbour, rectAt } from './layout.js';
import { findFunctions } from './search.js';
import { buildTree, functionSums, idsTo, nodeAt, sandwich, type FlameNode, type Weighted } from './tree.js';

/** `main a b 30`: a stack, outermost first, and its ns; after a slash the ns in the profile compared with. */
function stacksOf(...lines: string[]): { stacks: Weighted[]; name: (id: number) => string; id: (name: string) => number } {
  const names: string[] = [];
  const id = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const stacks = lines.map((line) => {
    const words = line.split(' ');
    const [ns, otherNs = 0] = words.pop()!.split('/').map(Number);
    return { chain: words.map(id), ns, otherNs };
  });
  return { stacks, id, name: (one) => names[one] ?? 'all' };
}

function drawn(node: FlameNode, name: (id: number) => string, indent = ''): string[] {
  return [`${indent}${name(node.id)} ${node.ns}${node.selfNs > 0 ? ` (${node.selfNs})` : ''}`, ...node.children.flatMap((child) => drawn(child, name, `${indent}  `))];
}

const PROGRAM = ['main run parse 30', 'main run render copy 50', 'main run render 10', 'main idle 10'];

test('stacks merge into a tree, the widest branch first', () => {
  const { stacks, name } = stacksOf(...PROGRAM);
  assert.deepEqual(drawn(buildTree(stacks), name), ['all 100', '  main 100', '    run 90', '      render 60 (10)', '        copy 50 (50)', '      parse 30 (30)', '    idle 10 (10)']);
});

test('inverted, the tree begins where the time was spent', () => {
  const { stacks, name } = stacksOf(...PROGRAM);
  const rows = drawn(buildTree(stacks, true), name);
  assert.deepEqual(rows.slice(0, 6), ['all 100', '  copy 50', '    render 50', '      run 50', '        main 50 (50)', '  parse 30']);
});

test('a sandwich has all callers of a function above it and all it calls below; of a recursion the outermost call counts', () => {
  const { stacks, name, id } = stacksOf('main a f g 10', 'main b f 5', 'main f f h 3', 'main x 100');
  const { callers, callees } = sandwich(stacks, id('f'));
  assert.deepEqual(drawn(callees, name), ['all 18', '  f 18 (5)', '    g 10 (10)', '    f 3', '      h 3 (3)']);
  assert.deepEqual(drawn(callers, name), ['all 18', '  f 18', '    a 10', '      main 10 (10)', '    b 5', '      main 5 (5)', '    main 3 (3)']);
  const layout = layoutSandwich(callers, callees);
  const texts = layout.rows.map((row) => row.map(({ node, from, to }) => `${name(node.id)} ${from}-${to}`).join(', '));
  assert.deepEqual(texts, ['main 0-10, main 10-15', 'a 0-10, b 10-15, main 15-18', 'f 0-18', 'g 0-10, f 10-13', 'h 10-13']);
});

test('self time is of the innermost function, total time counts a recursion once', () => {
  const { stacks, name } = stacksOf('main f f 10/4', 'main f g 5');
  assert.deepEqual(functionSums(stacks).map((one) => [name(one.id), one.selfNs, one.totalNs, one.otherTotalNs]), [['f', 10, 15, 4], ['g', 5, 5, 0], ['main', 0, 15, 4]]);
});

test('rows are in order from left to right, a point finds its node, and arrow keys lead to callers, callees and neighbours', () => {
  const { stacks, name, id } = stacksOf(...PROGRAM);
  const layout = layoutTree(buildTree(stacks));
  for (const row of layout.rows) row.reduce((last, rect) => { assert.ok(rect.from >= last); return rect.to; }, 0);
  const copy = rectAt(layout, 4, 20)!;
  assert.equal(name(copy.node.id), 'copy');
  assert.equal(name(neighbour(layout, copy, 'ArrowUp').node.id), 'render');
  const run = rectAt(layout, 2, 1)!;
  assert.equal(name(neighbour(layout, run, 'ArrowRight').node.id), 'idle');
  assert.equal(neighbour(layout, run, 'ArrowLeft'), run);
  assert.equal(rectAt(layout, 4, 95), null);
  const node = copy.node;
  assert.equal(nodeAt(buildTree(stacks), idsTo(node))?.id, id('copy'));
  assert.equal(nodeAt(buildTree(stacks), [99, 3]), null);
});

test('a search finds by name, file and module, and says how much of the time is in it', () => {
  const info = (name: string, module = '') => ({ name, module, kind: 'native' as const, file: '', line: 0, inlined: false });
  const { stacks } = stacksOf(...PROGRAM);
  const functions = ['main', 'run', 'parse', 'render', 'copy', 'idle'].map((name) => info(name, name === 'copy' ? 'libc.so.6' : ''));
  assert.deepEqual([...findFunctions(functions, stacks, ' REND ')!.ids], [3]);
  assert.equal(findFunctions(functions, stacks, 'rend')!.ns, 60);
  assert.equal(findFunctions(functions, stacks, 'libc')!.ns, 50);
  assert.equal(findFunctions(functions, stacks, '  '), null);
});

test('a stack that is cut short says so as its outermost frame; the same function at two lines is one', () => {
  const frame = (name: string, line: number) => ({ name, kind: 'java' as const, module: 'A.class', file: 'A.java', line, inlined: false });
  const stacks: Stacks = { frames: [frame('A.run', 3), frame('A.run', 9)], stacks: [{ frames: [0], truncated: '' }, { frames: [1], truncated: 'no unwind information' }], samples: [], pending: false };
  const table = new FunctionTable();
  const [whole, cut] = [table.chain(stacks, 0), table.chain(stacks, 1)];
  assert.equal(whole[0], cut[1]);
  assert.deepEqual([table.functions[cut[0]].kind, /no unwind information/.test(table.functions[cut[0]].name)], ['truncated', true]);
  assert.equal(table.functions[table.chain(stacks, 7)[0]].kind, 'truncated');
});

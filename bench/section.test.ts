import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSection, replaceSection } from './section.js';

const document = '# T\n\nText.\n\n## A\n\nold\n\n## B\n\nrest\n';

test('a section is replaced in place and the rest stays as it was', () => {
  assert.equal(replaceSection(document, 'A', 'new'), '# T\n\nText.\n\n## A\n\nnew\n\n## B\n\nrest\n');
  assert.equal(replaceSection(document, 'B', 'new'), '# T\n\nText.\n\n## A\n\nold\n\n## B\n\nnew\n');
});

test('a section that is not there yet is added at the end', () => {
  assert.equal(replaceSection('# T\n', 'C', 'new'), '# T\n\n## C\n\nnew\n');
  assert.equal(readSection(document, 'C'), '');
});

test('a section is read without its heading', () => {
  assert.equal(readSection(document, 'A'), 'old');
  assert.equal(readSection(document, 'B'), 'rest');
});

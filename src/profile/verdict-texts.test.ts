import assert from 'node:assert/strict';
import test from 'node:test';
import { countText, durationText, nameText, shareText, sizeText } from './quantities.js';
import { DOING_TEXTS, fillText, KIND_TEXTS, VERDICT_OPENING, VERDICT_TEXTS } from './verdict-texts.js';

const TEXTS = Object.entries({ ...VERDICT_TEXTS, ...VERDICT_OPENING });

test('every text is one or two sentences, with or without its optional parts', () => {
  for (const [name, text] of TEXTS) {
    const names = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const full = fillText(text, Object.fromEntries(names.map((one) => [one, 'X'])));
    const needed = [...text.replace(/\[[^\]]*\]/g, '').matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const bare = fillText(text, Object.fromEntries(needed.map((one) => [one, 'X'])));
    for (const filled of [full, bare]) {
      assert.doesNotMatch(filled, /[{}[\]]| {2}| [,.;]|undefined/, `${name}: ${filled}`);
      assert.match(filled, /[.X]$/, `${name}: ${filled}`);
      assert.ok(filled.split(/\. /).length <= 2, name);
    }
  }
});

test('every kind can be named', () => {
  assert.deepEqual(Object.keys(KIND_TEXTS), Object.keys(DOING_TEXTS));
});

test('values are not filled in again', () => {
  assert.equal(fillText('{a}[ and {b}]', { a: '{b}[ and {b}]', b: '$& {a}' }), '{b}[ and {b}] and $& {a}');
});

test('figures are as precise as one can care for', () => {
  assert.deepEqual([0, 400, 40e3, 99.6e3, 230e3, 9.94e6, 9.96e6, 812.4e6, 999.6e6, 1.84e9, 2e9, 812e9].map(durationText), [
    '0 us', '0 us', '40 us', '0.1 ms', '0.2 ms', '9.9 ms', '10 ms', '812 ms', '1 s', '1.8 s', '2 s', '812 s',
  ]);
  assert.deepEqual([0, 0.004, 0.5, 0.955, 0.997, 1].map(shareText), ['0 %', '< 1 %', '50 %', '96 %', '> 99 %', '100 %']);
  assert.deepEqual([countText(1, 'call'), countText(3, 'call')], ['1 call', '3 calls']);
  assert.deepEqual([512, 64 << 20, 1.5 * 2 ** 30, 2 ** 45].map(sizeText), ['0.5 KiB', '64 MiB', '1.5 GiB', '32 TiB']);
  assert.equal([...nameText('\u{1f600}'.repeat(200))].length, 96);
});

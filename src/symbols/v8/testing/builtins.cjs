'use strict';
// What keeps a Node server busy outside of its JavaScript: JSON, regular expressions, crypto in the thread pool, garbage.
const { pbkdf2 } = require('node:crypto');

const basket = { items: Array.from({ length: 4_000 }, (_, id) => ({ id, name: `item ${id}`, tags: ['a', 'b'] })) };

function serialiseBasket() {
  return JSON.stringify(basket).length;
}

function matchName() {
  return /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaab');
}

function makeGarbage() {
  let kept = [];
  for (let i = 0; i < 120_000; i++) kept.push({ i, text: `x${i}` });
  return kept.length;
}

function deriveKey(done) {
  pbkdf2('secret', 'salt', 20_000, 64, 'sha512', done);
}

function round() {
  serialiseBasket();
  matchName();
  makeGarbage();
  deriveKey(() => setImmediate(round));
}

round();

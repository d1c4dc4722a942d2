'use strict';
const crypto = require('node:crypto');

function sumPrices(items) {
  let sum = 0;
  for (let round = 0; round < 200_000; round++) {
    for (const item of items) sum = (sum + item.price * item.count) % 1_000_003;
  }
  return sum;
}

class Basket {
  constructor(items) {
    this.items = items;
  }

  total(discount) {
    return this.items.map((item) => sumPrices([item]) * discount);
  }
}

async function handleRequest(request) {
  await null;
  const answer = function renderAnswer() {
    return new Basket(request.items).total(0.9);
  };
  return answer();
}

async function serve() {
  const end = Date.now() + 60_000;
  while (Date.now() < end) await handleRequest({ items: [{ price: 3, count: 2 }, { price: 7, count: 1 }] });
}

serve();

'use strict';
function scramble(x) {
  let y = x;
  for (let k = 0; k < 8; k++) {
    y = (y * 31 + k) % 1000003;
  }
  return y;
}

function addUp(n) {
  let t = 0;
  for (let i = 0; i < n; i++) {
    t += scramble(i);
  }
  return t;
}

function serve() {
  const end = Date.now() + 60000;
  let t = 0;
  while (Date.now() < end) {
    t += addUp(100000);
  }
  return t;
}
serve();

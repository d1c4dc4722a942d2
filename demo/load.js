/**
 * Load on the shop at a steady rate: `node demo/load.js URL [REQUESTS_PER_SECOND]`. Sends by the clock, not when the last
 * answer came, so slow answers do not thin out the load. One JSON line a second on stdout: totals by outcome.
 */
import { Agent, request as httpRequest } from 'node:http';
import { cases } from './cases.js';
import { traffic } from './traffic.js';

/** One request in so many opens a connection of its own. */
const newConnectionEvery = 20;
const tickMs = 20;

const base = new URL(process.argv[2]);
const ratePerSecond = Number(process.argv[3] ?? 150);
const keepAlive = new Agent({ keepAlive: true, maxSockets: 24 });
const totals = { sent: 0, answered: 0, failed: 0, byStatus: {}, unexpected: {} };

let seed = 1;
/** A repeatable sequence: two runs of the demo send the same requests. */
function random() {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed >>> 8;
}

const shares = traffic.reduce((sum, entry) => sum + entry.share, 0);
function ordinaryRequest() {
  let point = random() % shares;
  for (const entry of traffic) {
    if (point < entry.share) return entry.request(random());
    point -= entry.share;
  }
  throw new Error('shares do not add up');
}

function send({ method = 'GET', path, body }, onStatus) {
  totals.sent += 1;
  const own = totals.sent % newConnectionEvery === 0;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const options = { host: base.hostname, port: base.port, method, path, headers, agent: own ? false : keepAlive, timeout: 15_000 };
  const request = httpRequest(options, (response) => {
    response.resume();
    response.on('end', () => {
      totals.answered += 1;
      totals.byStatus[response.statusCode] = (totals.byStatus[response.statusCode] ?? 0) + 1;
      onStatus?.(response.statusCode);
    });
  });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('error', () => { totals.failed += 1; });
  request.end(text);
}

function sendCase({ name, requests, status: expected }) {
  for (const one of requests) {
    setTimeout(() => send(one, (status) => {
      if (status !== expected) totals.unexpected[`${name}: ${status}`] = (totals.unexpected[`${name}: ${status}`] ?? 0) + 1;
    }), one.afterMs ?? 0);
  }
}

const startedMs = Date.now();
let ordinary = 0;
setInterval(() => {
  const due = Math.floor((Date.now() - startedMs) * ratePerSecond / 1000);
  for (; ordinary < due; ordinary++) send(ordinaryRequest());
}, tickMs);
// Spread over their period, so that they do not all come at once.
cases.forEach((one, index) => {
  setTimeout(() => {
    sendCase(one);
    setInterval(() => sendCase(one), one.everySeconds * 1000);
  }, 1500 + index * 370);
});
setInterval(() => process.stdout.write(`${JSON.stringify(totals)}\n`), 1000);

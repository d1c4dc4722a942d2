/** A small shop's requests, made up but plausible and the same at every run: what the page is developed and tested against. */
import type { RequestRecord } from '../../src/requests/record.js';
import { hostileRequests } from './hostile.js';

/** Linear congruential: tests see the same shop each time. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface CallKind { service: string; peer: string; protocol: string; server: string; operation: string; endpoint: string; resource: (n: number) => string; ms: number; request: string; response: string }

const CALLS: Record<string, CallKind> = {
  cache: { service: 'shop', peer: 'redis', protocol: 'redis', server: '127.0.0.1:6390', operation: 'GET', endpoint: 'GET', resource: (n) => `cart:${n}`, ms: 0.11, request: '*2\r\n$3\r\nGET\r\n$7\r\ncart:17\r\n', response: '$27\r\n{"items":[{"sku":4,"n":1}]}\r\n' },
  products: { service: 'shop', peer: 'postgres', protocol: 'postgres', server: '127.0.0.1:5490', operation: 'select', endpoint: 'select products *', resource: (n) => `SELECT id, name, price FROM products WHERE category = ${n % 9} ORDER BY name LIMIT 20`, ms: 1.9, request: 'Q\0\0\0Wselect id, name, price from products where category = $1', response: 'T\0\0\0Q\0\x03id\0\0\0@\x11\0\x01\0\0\0\x17\0\x04name' },
  order: { service: 'shop', peer: 'postgres', protocol: 'postgres', server: '127.0.0.1:5490', operation: 'insert', endpoint: 'insert orders *', resource: (n) => `INSERT INTO orders (customer, total) VALUES (${n}, 19.90)`, ms: 4.2, request: 'Q\0\0\0Hinsert into orders', response: 'C\0\0\0\x0fINSERT 0 1\0Z\0\0\0\x05I' },
  stock: { service: 'shop', peer: 'mariadb', protocol: 'mysql', server: '127.0.0.1:3390', operation: 'select', endpoint: 'select stock *', resource: (n) => `SELECT amount FROM stock WHERE sku = ${n}`, ms: 1.1, request: '\x21\0\0\0\x03SELECT amount FROM stock', response: '\x01\0\0\x01\x01' },
  name: { service: 'shop', peer: 'dns', protocol: 'dns', server: '127.0.0.1:5390', operation: 'A', endpoint: 'payments.shop.test', resource: () => 'payments.shop.test', ms: 0.3, request: '\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x08payments\x04shop\x04test\0', response: '\x12\x34\x81\x80\0\x01\0\x01' },
};

interface Route { method: string; endpoint: string; path: (n: number) => string; calls: string[]; ms: number; share: number }
const ROUTES: Route[] = [
  { method: 'GET', endpoint: '/products', path: (n) => `/products?page=${n % 12}`, calls: ['cache', 'products'], ms: 1.2, share: 0.5 },
  { method: 'GET', endpoint: '/products/*', path: (n) => `/products/${n}`, calls: ['cache', 'stock'], ms: 0.8, share: 0.25 },
  { method: 'POST', endpoint: '/checkout', path: () => '/checkout', calls: ['cache', 'stock', 'name', 'order'], ms: 2.5, share: 0.15 },
  { method: 'GET', endpoint: '/report', path: () => '/report', calls: ['products', 'products', 'stock'], ms: 9, share: 0.03 },
  { method: 'GET', endpoint: '/health', path: () => '/health', calls: [], ms: 0.2, share: 0.07 },
];

const MS = 1e6;
let nextId = 1;

export function blank(startNs: bigint): RequestRecord {
  return {
    id: (nextId++).toString(16).padStart(16, '0'), connectionId: 1, protocol: 'http', role: 'server', start: startNs.toString(), durationNs: 0,
    connectNs: null, unreadNs: null, responseUnreadNs: null, sendNs: 0, waitNs: 0, receiveNs: 0, requestBytes: 0, responseBytes: 0, pid: 4211, requestTid: 4211, responseTid: 4211, comm: 'node',
    client: '127.0.0.1:51000', server: '127.0.0.1:8080', service: 'shop', peerService: 'nginx', container: '', operation: 'GET', endpoint: '/', resource: '/',
    status: '200', error: 'none', errorText: '', slow: false, traceId: '', complete: true, incompleteReason: '', attributes: {},
    requestPayload: null, responsePayload: null, weight: 1,
  };
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function withStages(record: RequestRecord, totalNs: number, random: () => number): RequestRecord {
  const send = Math.round(Math.min(totalNs * 0.05, 40_000 * (0.5 + random())));
  const receive = Math.round(Math.min(totalNs * 0.2, 90_000 * (0.5 + random())));
  return { ...record, durationNs: Math.round(totalNs), sendNs: send, receiveNs: receive, waitNs: Math.round(totalNs) - send - receive };
}

export class Shop {
  readonly records: RequestRecord[] = [];
  #random = randomFrom(7);

  /** One visit: nginx answers, calls the shop, which calls its peers. Returns what it added. */
  visit(atMs: number): RequestRecord[] {
    const random = this.#random;
    const route = this.#route();
    const n = Math.floor(random() * 5_000);
    const shopNs = BigInt(Math.floor(atMs * 1e6)) + 180_000n;
    const trouble = random();
    const calls = this.#calls(route, n, shopNs, trouble);
    const end = calls.length === 0 ? 0 : Math.max(...calls.map((c) => Number(BigInt(c.start) - shopNs) + c.durationNs));
    const failed = calls.some((c) => c.error !== 'none') && trouble < 0.012;
    const shop = withStages({
      ...blank(shopNs), connectionId: 100 + (n % 6), operation: route.method, endpoint: route.endpoint, resource: route.path(n), status: failed ? '502' : '200',
      error: failed ? 'protocol_error' : 'none', errorText: failed ? 'Bad Gateway' : '', requestBytes: 240 + (n % 80), responseBytes: 1_800 + (n % 4_000),
      client: `127.0.0.1:${51000 + (n % 6)}`, traceId: '4bf92f3577b34da6a3ce929d0e0e' + (n % 10000).toString().padStart(4, '0'),
      requestPayload: bytes(`${route.method} ${route.path(n)} HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: wrk\r\nCookie: [redacted]\r\nAccept: application/json\r\n\r\n`),
      responsePayload: bytes(`HTTP/1.1 ${failed ? '502 Bad Gateway' : '200 OK'}\r\nContent-Type: application/json\r\nContent-Length: 1742\r\n\r\n{"items":[{"id":${n},"name":"Lamp"}]}`),
      attributes: { 'http.request.header.host': 'shop.test' },
    }, end + route.ms * MS * (0.6 + random()), random);
    shop.slow = shop.durationNs >= 500 * MS;
    const clientSide: RequestRecord = { ...withStages({ ...shop, id: blank(0n).id }, shop.durationNs + 120_000, random), role: 'client', service: 'nginx', peerService: 'shop', comm: 'nginx', pid: 4102, requestTid: 4102, responseTid: 4102, start: (shopNs - 60_000n).toString(), connectionId: 500 + (n % 6) };
    const front: RequestRecord = { ...withStages({ ...shop, id: blank(0n).id }, clientSide.durationNs + 150_000, random), service: 'nginx', peerService: '127.0.0.1', comm: 'nginx', pid: 4102, requestTid: 4102, responseTid: 4102, start: (shopNs - 150_000n).toString(), client: `127.0.0.1:${40000 + (n % 9)}`, server: '127.0.0.1:8081', connectionId: 900 + (n % 9) };
    const added = [front, clientSide, shop, ...calls];
    this.records.push(...added);
    return added;
  }

  #route(): Route {
    let left = this.#random();
    return ROUTES.find((route) => (left -= route.share) < 0) ?? ROUTES[0];
  }

  #calls(route: Route, n: number, shopNs: bigint, trouble: number): RequestRecord[] {
    let at = 0.3 * MS;
    return route.calls.map((key, i) => {
      const kind = CALLS[key];
      let ns = kind.ms * MS * (0.5 + this.#random() ** 3 * 3);
      const record = blank(shopNs + BigInt(Math.round(at)));
      if (key === 'order' && trouble > 0.97) ns += (500 + this.#random() * 700) * MS;
      if (route.endpoint === '/report') ns += 60 * MS;
      const call = withStages({
        ...record, role: 'client', service: kind.service, peerService: kind.peer, protocol: kind.protocol, server: kind.server, operation: kind.operation,
        endpoint: kind.endpoint, resource: kind.resource(n), status: '0', connectionId: 200 + i * 10 + (n % 3),
        client: `127.0.0.1:${52000 + i * 10 + (n % 3)}`, requestBytes: kind.request.length, responseBytes: kind.response.length + (n % 300),
        requestPayload: bytes(kind.request), responsePayload: bytes(kind.response),
      }, ns, this.#random);
      if (n % 97 === 0) call.connectNs = 90_000;
      if (key === 'stock' && trouble < 0.01) { call.error = 'connect_failed'; call.errorText = 'ECONNREFUSED'; call.status = ''; call.connectNs = call.durationNs; call.sendNs = call.waitNs = call.receiveNs = null; }
      else if (key === 'name' && trouble < 0.03) { call.error = 'protocol_error'; call.status = '2'; call.errorText = 'SERVFAIL'; }
      call.slow = call.error === 'none' && call.durationNs >= 100 * MS;
      at += ns + 0.2 * MS;
      return call;
    });
  }

  /** Some history, oldest first, the hostile ones in its middle. */
  fill(fromMs: number, toMs: number, visits: number): void {
    for (let i = 0; i < visits; i++) {
      this.visit(fromMs + ((toMs - fromMs) * (i + this.#random() * 0.8)) / visits);
      if (i === Math.floor(visits * 0.9)) this.records.push(...hostileRequests(blank(BigInt(Math.floor(fromMs + (toMs - fromMs) * 0.9)) * 1_000_000n)));
    }
    this.records.sort((a, b) => (BigInt(a.start) < BigInt(b.start) ? -1 : 1));
  }
}


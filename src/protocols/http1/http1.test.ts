import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { parseConversation } from '../testing/conversation.js';
import { Driver, converse, summary } from '../testing/harness.js';
import { anyBytes, byteByByte, cutAnywhere, plain } from '../testing/properties.js';
import { UNKNOWN_NS } from '../../events/observation.js';
import { http1 } from './http1.js';

function lines(conversation: string): string[] {
  return converse(http1, conversation).map(summary);
}

function only(conversation: string): Exchange {
  const exchanges = converse(http1, conversation);
  assert.equal(exchanges.length, 1);
  return exchanges[0];
}

test('a request and its response become one exchange with its stages', () => {
  const exchange = only(`
>@1000#11 POST /orders?x=1 HTTP/1.1\\r\\nHost: shop.test\\r\\nUser-Agent: curl/8\\r\\nContent-Type: text/plain\\r\\nContent-Length: 5\\r\\n\\r\\n
>@2000#12 hello
<@5000#13 HTTP/1.1 404 Not Found\\r\\nContent-Type: text/html\\r\\nContent-Length: 3\\r\\n\\r\\n
<@6000#14 abc`);
  assert.deepEqual(plain(exchange), {
    protocol: 'http', operation: 'POST', resource: '/orders?x=1', status: '404', error: 'protocol_error', errorText: 'Not Found',
    startNs: 1000, requestUnreadNs: UNKNOWN_NS, responseUnreadNs: UNKNOWN_NS, requestEndNs: 2000, responseStartNs: 5000, endNs: 6000, requestBytes: 116, responseBytes: 73,
    requestTid: 12, responseTid: 13, traceId: '', incomplete: '',
    attributes: {
      'network.protocol.version': '1.1', 'http.request.header.host': 'shop.test', 'user_agent.original': 'curl/8',
      'http.request.header.content-type': 'text/plain', 'http.response.header.content-type': 'text/html',
    },
    requestPayload: 'POST /orders?x=1 HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: curl/8\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
    responsePayload: 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nabc',
  });
});

test('pipelined requests are answered in order', () => {
  assert.deepEqual(lines(`
> GET /1 HTTP/1.1\\r\\n\\r\\nHEAD /2 HTTP/1.1\\r\\n\\r\\nGET /3 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\none
< HTTP/1.1 201 OK\\r\\nContent-Length: 3\\r\\n\\r\\nHTTP/1.1 202 OK\\r\\nContent-Length: 0\\r\\n\\r\\n`), [
    'GET /1 200', 'HEAD /2 201', 'GET /3 202',
  ]);
});

test('chunked bodies end at their last chunk, with extensions and trailers', () => {
  const exchanges = converse(http1, `
> POST / HTTP/1.1\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n3;a="b"\\r\\nabc\\r\\n0\\r\\nT: v\\r\\n\\r\\n
<@5000 HTTP/1.1 200 OK\\r\\ntransfer-encoding: Chunked\\r\\n\\r\\nA\\r\\n01234
<@6000 56789\\r\\n0\\r\\n
<@7000 Expires: never\\r\\n\\r\\n
> GET /next HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 204 No Content\\r\\n\\r\\n`);
  assert.deepEqual(exchanges.map(summary), ['POST / 200', 'GET /next 204']);
  assert.equal(exchanges[0].endNs, 7000);
});

test('interim responses do not count as the response', () => {
  const exchange = only(`
> POST / HTTP/1.1\\r\\nExpect: 100-continue\\r\\nContent-Length: 2\\r\\n\\r\\n
<@3000 HTTP/1.1 100 Continue\\r\\n\\r\\n
>@4000 ok
<@5000 HTTP/1.1 103 Early Hints\\r\\nLink: </a>\\r\\n\\r\\n
<@6000 HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n`);
  assert.equal(exchange.status, '200');
  assert.equal(exchange.responseStartNs, 6000);
  assert.equal(exchange.requestEndNs, 4000);
  assert.equal(exchange.responseBytes, 25 + 40 + 38);
});

test('a body without length ends with the connection, at its last byte', () => {
  const exchange = only('> GET / HTTP/1.0\\r\\n\\r\\n\n< HTTP/1.0 200 OK\\r\\n\\r\\nabc\n<@9000 def\n<.@12000\nx@13000');
  assert.equal(summary(exchange), 'GET / 200');
  assert.equal(exchange.endNs, 9000);
  assert.equal(exchange.responseBytes, 25);
});

test('after 101, or 2xx to CONNECT, the connection is opaque', () => {
  for (const text of [
    '> GET /chat HTTP/1.1\\r\\nUpgrade: websocket\\r\\n\\r\\n\n< HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n\\x81\\x05hello',
    '> CONNECT example.com:443 HTTP/1.1\\r\\n\\r\\n\n< HTTP/1.1 200 OK\\r\\n\\r\\n',
  ]) {
    const driver = new Driver(http1);
    for (const step of parseConversation(text)) driver.step(step);
    assert.equal(driver.exchanges.length, 1);
    assert.equal(driver.parser.opaque, true);
  }
});

test('a request without response is an error of its own', () => {
  const exchange = only('> GET / HTTP/1.1\\r\\n\\r\\n\nx@9000 reset');
  assert.equal(exchange.error, 'no_response');
  assert.equal(exchange.errorText, 'connection reset');
  assert.equal(exchange.endNs, 9000);
  assert.ok(Number.isNaN(exchange.responseStartNs));
});

test('a response cut short by the end of the connection says so', () => {
  const exchange = only('> GET / HTTP/1.1\\r\\n\\r\\n\n< HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nabc\nx reset');
  assert.equal(summary(exchange), 'GET / 200 no_response (truncated)');
});

test('an early response waits for the rest of its request, but not for ever', () => {
  const early = '> POST / HTTP/1.1\\r\\nContent-Length: 6\\r\\n\\r\\nabc\n<@5000 HTTP/1.1 413 Too Large\\r\\nContent-Length: 0\\r\\n\\r\\n\n';
  assert.deepEqual(lines(early), []);
  const whole = only(`${early}>@6000 def`);
  assert.equal(whole.requestBytes, 44);
  assert.equal(whole.requestEndNs, 5000);
  assert.equal(summary(only(`${early}x reset`)), 'POST / 413 protocol_error');
});

test('a body that was only offered may stay away', () => {
  assert.deepEqual(lines(`
> POST /1 HTTP/1.1\\r\\nExpect: 100-continue\\r\\nContent-Length: 500\\r\\n\\r\\n
< HTTP/1.1 417 Expectation Failed\\r\\nContent-Length: 0\\r\\n\\r\\n
> GET /2 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n`), ['POST /1 417 protocol_error', 'GET /2 200']);
});

test('a response whose head was lost still belongs to its request', () => {
  assert.deepEqual(lines(`
> GET /1 HTTP/1.1\\r\\n\\r\\n
<~300
< the rest of its body
> GET /2 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n
> GET /3 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 201 OK\\r\\nContent-Length: 0\\r\\n\\r\\n`), ['GET /1 (truncated)', 'GET /2 200', 'GET /3 201']);
});

test('a response that was recorded just before its request is its response', () => {
  const exchange = only('<@5000 HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi\n>@5200 GET /raced HTTP/1.1\\r\\n\\r\\n');
  assert.equal(summary(exchange), 'GET /raced 200');
  assert.ok(exchange.endNs >= exchange.startNs);
});

test('an unasked response long before a request is not its response', () => {
  assert.deepEqual(lines('<@1000 HTTP/1.1 408 Timeout\\r\\nContent-Length: 0\\r\\n\\r\\n\n>@90000000 GET / HTTP/1.1\\r\\n\\r\\n\nx'), ['GET / no_response']);
});

test('line feeds alone, folded lines and empty lines before a message are tolerated', () => {
  assert.deepEqual(lines('> \\r\\n\\nGET / HTTP/1.1\\nHost: a\\nX: b\\n folded: content-length: 5\\n\\n\n< \\r\\nHTTP/1.1 200\\nContent-Length : 2\\n\\nok\n> GET /2 HTTP/1.1\\n\\n\n< HTTP/1.1 200 OK\\nContent-Length: 0\\n\\n'), [
    'GET / 200', 'GET /2 200',
  ]);
});

test('a head that was not captured in full gives what is known and asks for more', () => {
  const driver = new Driver(http1);
  for (const step of parseConversation('>~40000 GET /long HTTP/1.1\\r\\nHost: a\\r\\nCookie: x\n< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n\n> GET /2 HTTP/1.1\\r\\n\\r\\n\n< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')) driver.step(step);
  assert.deepEqual(driver.exchanges.map(summary), ['GET /long 200 (truncated)', 'GET /2 200']);
  assert.equal(driver.parser.capture, 65536);
});

test('known bodies may be missing', () => {
  assert.deepEqual(lines(`
> GET /1 HTTP/1.1\\r\\n\\r\\n
<~90000 HTTP/1.1 200 OK\\r\\nContent-Length: 100000\\r\\n\\r\\n
<~10000
> GET /2 HTTP/1.1\\r\\n\\r\\n
<~4 HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n4\\r\\n
< \\r\\n0\\r\\n\\r\\n
> GET /3 HTTP/1.1\\r\\n\\r\\n
<~500 HTTP/1.1 200 OK\\r\\n\\r\\n
<.`), ['GET /1 200', 'GET /2 200', 'GET /3 200']);
});

test('after a gap in a chunked body the next request ends the response', () => {
  const exchanges = converse(http1, `
> GET /1 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nabcd\\r\\n
<@5000~500
<@6000 garbage\\r\\n0\\r\\n\\r\\n
>@9000 GET /2 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n
> GET /3 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n`);
  assert.deepEqual(exchanges.map(summary), ['GET /1 200 (truncated)', 'GET /2 200', 'GET /3 200']);
  assert.ok(exchanges[0].endNs <= 6000);
});

test('a loss among pipelined requests never makes a wrong pair that looks complete', () => {
  const exchanges = converse(http1, `
> GET /1 HTTP/1.1\\r\\n\\r\\n
>~27
> GET /3 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 201 1\\r\\nContent-Length: 0\\r\\n\\r\\nHTTP/1.1 202 2\\r\\nContent-Length: 0\\r\\n\\r\\nHTTP/1.1 203 3\\r\\nContent-Length: 0\\r\\n\\r\\n
> GET /4 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 204 4\\r\\n\\r\\n`);
  assert.equal(summary(exchanges[0]), 'GET /1 201');
  for (const exchange of exchanges.slice(1)) assert.notEqual(exchange.incomplete, '');
});

test('trace ids are taken from the headers in use', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  const cases: Array<[string, string]> = [
    [`traceparent: 00-${id}-b7ad6b7169203331-01`, id],
    [`sw8: 1-${Buffer.from('trace.1').toString('base64')}-c2Vn-1-a-b-c-d`, 'trace.1'],
    ['X-B3-TraceId: 463ac35c9f6413ad', '463ac35c9f6413ad'],
    ['b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1', '80f198ee56343ba864fe8b2a57d3eff7'],
    ['b3: 0', ''],
    ['uber-trace-id: 3c6ab1:f2:0:1', '3c6ab1'],
    ['uber-trace-id: 3c6ab1%3Af2%3A0%3A1', '3c6ab1'],
    ['apm-transactionid: tx-9', 'tx-9'],
    [`b3: 0\\r\\ntraceparent: 00-${id}-b7ad6b7169203331-01\\r\\nsw8: 1-YQ==-b`, id],
  ];
  for (const [header, expected] of cases) {
    assert.equal(only(`> GET / HTTP/1.1\\r\\n${header}\\r\\n\\r\\n\nx`).traceId, expected, header);
  }
});

test('detection is strict', () => {
  const cases: Array<[string, number]> = [
    ['GET / HTTP/1.1\r\n', CLIENT_SENT], ['PATCH /x HTTP/1.0\n', CLIENT_SENT], ['BREW /pot HTTP/1.1\r\n', CLIENT_SENT],
    ['OPTIONS * HTTP/1.1\r\n', CLIENT_SENT], ['GET http://a/b HTTP/1.1\r\n', CLIENT_SENT], ['CONNECT [::1]:443 HTTP/1.1\r\n', CLIENT_SENT],
    ['\r\nGET / HTTP/1.1\r\n', CLIENT_SENT], ['HTTP/1.1 200 OK\r\n', SERVER_SENT], ['HTTP/1.0 404\r\n', SERVER_SENT], ['HTTP/1.1 200 Som', SERVER_SENT],
    ['GE', MAYBE], ['GET /abc', MAYBE], ['HTTP/1.', MAYBE], ['GET / HTTP/1.1', MAYBE],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', NO], ['OPTIONS rtsp://a RTSP/1.0\r\n', NO], ['get / HTTP/1.1\r\n', NO], ['*1\r\n$4\r\nPING\r\n', NO],
    ['GET /\r\n', NO], ['HTTP/1.1 20x OK\r\n', NO], ['HTTP/2 200\r\n', NO], ['\x16\x03\x01', NO], ['GET  / HTTP/1.1\r\n', NO], ['', NO],
  ];
  for (const [text, expected] of cases) {
    const padded = Buffer.from(`zz${text}\r\n/`, 'latin1');
    assert.equal(http1.detect(padded, 2, 2 + text.length, 'stream'), expected, JSON.stringify(text));
  }
});

const FRAGMENTS = [
  'GET / HTTP/1.1\r\n', 'POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n', 'HEAD /h HTTP/1.0\r\n\r\n', 'CONNECT a:1 HTTP/1.1\r\n\r\n', '\r\n', '\r\n\r\n', '\n',
  'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 404 No\r\n\r\n', 'Content-Length: 3\r\n\r\nabc', 'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n\r\n', '5\r\nabcde\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\n', 'GET ', 'HTTP/1.', 'traceparent: 00-', 'a'.repeat(3000),
];

test('no bytes make it throw, loop or hold more than its bounds', () => {
  fc.assert(anyBytes(http1, FRAGMENTS), { numRuns: 500 });
});

test('a head of 64 KiB that comes byte by byte is read in bounded time', () => {
  const text = `> GET / HTTP/1.1\\r\\n\n${'> X: \\{240*y}\\r\\n\n'.repeat(400)}`;
  const driver = new Driver(http1, { maxLeftoverBytes: 70_000 });
  for (const step of parseConversation(text)) driver.step(step);
  assert.ok(driver.leftoverPeak <= 64 * 1024);
  driver.parser.finish('closed', 1e9);
  assert.deepEqual(driver.exchanges.map(summary), ['GET / no_response (truncated)']);
});

test('cut points change nothing', () => {
  const steps = parseConversation(`
> POST /1 HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3;x\\r\\nabc\\r\\n0\\r\\nA: b\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nabcde\\r\\n258\\r\\n\\{600*z}\\r\\n0\\r\\n\\r\\nHTTP/1.1 404 Not Found\\r\\nContent-Length: 4\\r\\n\\r\\nnone
> HEAD /3 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nContent-Length: 700\\r\\n\\r\\n
> GET /4 HTTP/1.1\\r\\n\\r\\n
< HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\nuntil the end
<.
x`);
  fc.assert(cutAnywhere(http1, steps), { numRuns: 300 });
  assert.deepEqual(converse(http1, byteByByte(steps)).map(plain), converse(http1, steps).map(plain));
});

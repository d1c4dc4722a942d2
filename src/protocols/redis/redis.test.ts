import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { parseConversation } from '../testing/conversation.js';
import { Driver, converse, summary } from '../testing/harness.js';
import { anyBytes, byteByByte, cutAnywhere, plain } from '../testing/properties.js';
import { UNKNOWN_NS } from '../../events/observation.js';
import { redis } from './redis.js';

/** `SET x 1` as RESP, escaped for the text form. */
function command(...words: string[]): string {
  return `*${words.length}\\r\\n${words.map((word) => `$${Buffer.byteLength(word)}\\r\\n${word}\\r\\n`).join('')}`;
}

function lines(conversation: string): string[] {
  return converse(redis, conversation).map(summary);
}

function only(conversation: string): Exchange {
  const exchanges = converse(redis, conversation);
  assert.equal(exchanges.length, 1);
  return exchanges[0];
}

test('a command and its reply become one exchange', () => {
  assert.deepEqual(plain(only(`>@1000#7 ${command('set', 'greeting', 'hello')}\n<@2000#8 +OK\\r\\n`)), {
    protocol: 'redis', operation: 'SET', resource: 'greeting', status: '0', error: 'none', errorText: '',
    startNs: 1000, requestUnreadNs: UNKNOWN_NS, responseUnreadNs: UNKNOWN_NS, requestEndNs: 1000, responseStartNs: 2000, endNs: 2000, requestBytes: 38, responseBytes: 5, requestTid: 7, responseTid: 8,
    traceId: '', incomplete: '', attributes: null, requestPayload: '*3\r\n$3\r\nset\r\n$8\r\ngreeting\r\n$5\r\nhello\r\n', responsePayload: '+OK\r\n',
  });
});

test('an error reply carries its text', () => {
  const exchange = only(`> ${command('INCR', 'name')}\n< -ERR value is not an integer\\r\\n`);
  assert.equal(summary(exchange), 'INCR name 1 protocol_error');
  assert.equal(exchange.errorText, 'ERR value is not an integer');
  assert.equal(only(`> ${command('INCR', 'name')}\n< !10\\r\\nSYNTAX bad\\r\\n`).errorText, 'SYNTAX bad');
});

test('pipelined commands are answered in order', () => {
  assert.deepEqual(lines(`> ${command('GET', 'a')}${command('GET', 'b')}\n> ${command('LLEN', 'c')}\n< $1\\r\\n1\\r\\n$-1\\r\\n\n< :3\\r\\n`), ['GET a 0', 'GET b 0', 'LLEN c 0']);
});

test('names of two words, keys in other places, and a key named like a command', () => {
  const cases: Array<[string[], string]> = [
    [['config', 'get', 'maxmemory'], 'CONFIG GET'], [['CLIENT', 'SETNAME', 'me'], 'CLIENT SETNAME'], [['OBJECT', 'ENCODING', 'k'], 'OBJECT ENCODING k'],
    [['EVAL', 'return 1', '1', 'k'], 'EVAL k'], [['XREAD', 'COUNT', '2', 'STREAMS', 's', '0'], 'XREAD s'], [['BITOP', 'AND', 'to', 'from'], 'BITOP to'],
    [['GET', 'set'], 'GET set'], [['ping'], 'PING'], [['FT.SEARCH', 'index', '*'], 'FT.SEARCH index'], [['Select', '2'], 'SELECT'], [['GET', 'žluť'], 'GET žluť'],
  ];
  for (const [words, expected] of cases) assert.equal(summary(only(`> ${command(...words)}\n< +OK\\r\\n`)), `${expected} 0`);
});

test('inline commands', () => {
  assert.deepEqual(lines('> PING\\r\\n\\r\\nget  x\\r\\nSET key value more\\n\n< +PONG\\r\\n$-1\\r\\n-ERR syntax error\\r\\n'), ['PING 0', 'GET x 0', 'SET key 1 protocol_error']);
});

test('every type of RESP3 ends where it ends', () => {
  const values = [
    '+OK', '-ERR no', ':-42', '$3\\r\\nabc', '$0\\r\\n', '$-1', '*-1', '*0', '*2\\r\\n*1\\r\\n:1\\r\\n$1\\r\\nx', '%2\\r\\n+a\\r\\n:1\\r\\n+b\\r\\n*1\\r\\n#t', '~2\\r\\n:1\\r\\n:2', '_', '#f', ',1.5e3',
    '(3492890328409238509324850943850943825024385', '=7\\r\\ntxt:abc', '|1\\r\\n+ttl\\r\\n:3\\r\\n$1\\r\\nz', '*?\\r\\n:1\\r\\n*2\\r\\n:2\\r\\n:3\\r\\n.', '%?\\r\\n+a\\r\\n*?\\r\\n.\\r\\n.',
    '$?\\r\\n;3\\r\\nabc\\r\\n;1\\r\\nd\\r\\n;0', '*2\\r\\n*?\\r\\n:1\\r\\n.\\r\\n:5', '*1\\r\\n$?\\r\\n;0',
  ];
  const steps = parseConversation(values.map((value, i) => `> ${command('GET', `k${i}`)}\n< ${value}\\r\\n`).join('\n'));
  for (const exchanges of [converse(redis, steps), converse(redis, byteByByte(steps))]) {
    assert.deepEqual(exchanges.map((exchange) => exchange.resource), values.map((_, i) => `k${i}`));
    exchanges.forEach((exchange, i) => { assert.equal(exchange.responseBytes, parseConversation(`< ${values[i]}\\r\\n`).map((step) => (step.kind === 'chunk' ? step.bytes.length : 0))[0]); });
  }
});

test('a transaction: an error inside what EXEC gives is an error of EXEC', () => {
  const exchanges = converse(redis, `
> ${command('MULTI')}${command('SET', 'a', 'x')}${command('INCR', 'a')}${command('EXEC')}
< +OK\\r\\n+QUEUED\\r\\n+QUEUED\\r\\n*2\\r\\n+OK\\r\\n-ERR value is not an integer\\r\\n`);
  assert.deepEqual(exchanges.map(summary), ['MULTI 0', 'SET a 0', 'INCR a 0', 'EXEC 1 protocol_error']);
  assert.equal(exchanges[3].errorText, 'ERR value is not an integer');
});

test('messages of channels answer nothing, confirmations do', () => {
  for (const type of ['*', '>']) {
    assert.deepEqual(lines(`
> ${command('SUBSCRIBE', 'one', 'two')}
< ${type}3\\r\\n$9\\r\\nsubscribe\\r\\n$3\\r\\none\\r\\n:1\\r\\n
< ${type}3\\r\\n$7\\r\\nmessage\\r\\n$3\\r\\none\\r\\n$5\\r\\nearly\\r\\n${type}3\\r\\n$9\\r\\nsubscribe\\r\\n$3\\r\\ntwo\\r\\n:2\\r\\n
> ${command('PING')}
< ${type}3\\r\\n$7\\r\\nmessage\\r\\n$3\\r\\none\\r\\n$2\\r\\nhi\\r\\n
< ${type === '*' ? '*2\\r\\n$4\\r\\npong\\r\\n$0\\r\\n\\r\\n' : '+PONG\\r\\n'}
> ${command('UNSUBSCRIBE')}
< ${type}3\\r\\n$11\\r\\nunsubscribe\\r\\n$3\\r\\none\\r\\n:1\\r\\n${type}3\\r\\n$11\\r\\nunsubscribe\\r\\n$3\\r\\ntwo\\r\\n:0\\r\\n
> ${command('GET', 'k')}
< $1\\r\\nv\\r\\n`), ['SUBSCRIBE one 0', 'PING 0', 'UNSUBSCRIBE 0', 'GET k 0']);
  }
});

test('a push between replies is passed over', () => {
  assert.deepEqual(lines(`> ${command('GET', 'a')}\n< >2\\r\\n$10\\r\\ninvalidate\\r\\n*1\\r\\n$1\\r\\na\\r\\n$1\\r\\nx\\r\\n`), ['GET a 0']);
});

test('after MONITOR the connection is opaque', () => {
  const driver = new Driver(redis);
  for (const step of parseConversation(`> ${command('MONITOR')}\n< +OK\\r\\n\n< +1700000000.1 [0 127.0.0.1:1] "GET" "a"\\r\\n`)) driver.step(step);
  assert.deepEqual(driver.exchanges.map(summary), ['MONITOR 0']);
  assert.equal(driver.parser.opaque, true);
});

test('CLIENT REPLY takes replies away', () => {
  assert.deepEqual(lines(`
> ${command('CLIENT', 'REPLY', 'SKIP')}${command('SET', 'a', '1')}${command('GET', 'a')}
< $1\\r\\n1\\r\\n
> ${command('CLIENT', 'REPLY', 'OFF')}${command('SET', 'b', '1')}${command('CLIENT', 'REPLY', 'ON')}
< +OK\\r\\n`), ['CLIENT REPLY SKIP 0', 'SET a 0', 'GET a 0', 'CLIENT REPLY OFF 0', 'SET b 0', 'CLIENT REPLY ON 0']);
});

test('credentials are not kept', () => {
  for (const words of [['AUTH', 'user', 'hunter2'], ['HELLO', '3', 'AUTH', 'user', 'hunter2'], ['CONFIG', 'SET', 'requirepass', 'hunter2'], ['ACL', 'SETUSER', 'x', '>hunter2'], ['MIGRATE', 'h', '1', 'k', '0', '5', 'AUTH', 'hunter2']]) {
    const steps = parseConversation(`> ${command(...words)}\n< +OK\\r\\n`);
    for (const exchange of [converse(redis, steps)[0], converse(redis, byteByByte(steps))[0]]) {
      assert.ok(!JSON.stringify(plain(exchange)).includes('hunter2'), words[0]);
      assert.ok(exchange.requestPayload && exchange.requestPayload.length > 8);
    }
  }
  assert.ok(!JSON.stringify(plain(only('> AUTH hunter2\\r\\n\n< +OK\\r\\n'))).includes('hunter2'));
});

test('a blocking command may wait, others are given up in time', () => {
  const driver = new Driver(redis);
  for (const step of parseConversation(`> ${command('BLPOP', 'q', '0')}${command('GET', 'a')}`)) driver.step(step);
  driver.parser.expire(5000, 9000);
  assert.deepEqual(driver.exchanges.map(summary), ['GET a no_response']);
  for (const step of parseConversation(`<@10000 *2\\r\\n$1\\r\\nq\\r\\n$1\\r\\nx\\r\\n$4\\r\\nlate\\r\\n\n> ${command('GET', 'b')}\n< _\\r\\n`)) driver.step(step);
  assert.deepEqual(driver.exchanges.map(summary), ['GET a no_response', 'BLPOP q 0', 'GET b 0']);
});

test('a large value is passed over by its length, captured or not', () => {
  const exchanges = converse(redis, `
>~100000 *3\\r\\n$3\\r\\nSET\\r\\n$3\\r\\nbig\\r\\n$100600\\r\\n\\{600*x}
> \\r\\n
< +OK\\r\\n
> ${command('GET', 'big')}${command('GET', 'next')}
<~90000 $100600\\r\\n\\{600*x}
<@9000~10000
<@10000 \\r\\n$4\\r\\nnext\\r\\n`);
  assert.deepEqual(exchanges.map(summary), ['SET big 0', 'GET big 0', 'GET next 0']);
  assert.equal(exchanges[0].requestBytes, 4 + 9 + 9 + 9 + 100602);
  assert.equal(exchanges[1].endNs, 10000);
});

test('a value goes on in calls of which nothing was captured', () => {
  assert.deepEqual(lines(`> *3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\na\\r\\n$100\\r\\nshort\n>~97\n< +OK\\r\\n\n> ${command('GET', 'a')}${command('GET', 'b')}\n< $100\\r\\nshort\n<~97\n< $-1\\r\\n`), ['SET a 0', 'GET a 0', 'GET b 0']);
});

test('a reply recorded just before its command is its reply', () => {
  assert.deepEqual(lines(`<@5000 $1\\r\\nx\\r\\n+OK\\r\\n\n>@5100 ${command('GET', 'raced')}${command('SET', 'a', 'b')}`), ['GET raced 0', 'SET a 0']);
});

test('a connection that ends leaves its commands without reply', () => {
  assert.deepEqual(lines(`> ${command('GET', 'a')}${command('GET', 'b')}\n< $10\\r\\nhalf\nx reset`), ['GET a 0 no_response (truncated)', 'GET b no_response']);
});

test('a gap among replies marks what waited, and later exchanges are whole again', () => {
  const turns = Array.from({ length: 20 }, (_, i) => `> ${command('GET', `k${i}`)}\n< :${i}\\r\\n`).join('\n');
  const summaries = lines(`> ${command('GET', 'x')}${command('GET', 'y')}\n<~50\n${turns}`);
  assert.deepEqual(summaries.slice(0, 2), ['GET x (truncated)', 'GET y (truncated)']);
  assert.equal(summaries.length, 22);
  assert.equal(summaries[21], 'GET k19 0');
});

test('detection is strict', () => {
  const cases: Array<[string, number]> = [
    ['*2\r\n$3\r\nGET\r\n$1\r\nx\r\n', CLIENT_SENT], ['*1\r\n$4\r\nping\r\n', CLIENT_SENT], ['PING\r\n', CLIENT_SENT], ['*3\r\n$7\r\nFT.INFO\r\n', CLIENT_SENT],
    ['*2\r\n$5\r\nhowdy\r\n$5\r\nworld\r\n', SERVER_SENT], ['+OK\r\n', SERVER_SENT], ['$5\r\nhello\r\n', SERVER_SENT], [':12\r\n', SERVER_SENT], ['%1\r\n+a\r\n', SERVER_SENT], ['-NOAUTH Authentication required.\r\n', SERVER_SENT],
    ['*', MAYBE], ['*2\r', MAYBE], ['*2\r\n$3\r\nGE', MAYBE], ['PI', MAYBE],
    ['+OK POP3 ready\r\n', NO], ['-ERR bad login\r\n', NO], ['set a 0 0 1\r\n', NO], ['GET / HTTP/1.1\r\n', NO], ['*x\r\n', NO], ['', NO], [':nick!user@host PRIVMSG\r\n', NO], ['\x00\x00', NO],
  ];
  for (const [text, expected] of cases) {
    assert.equal(redis.detect(Buffer.from(`zz${text}\r\n5`, 'latin1'), 2, 2 + text.length, 'stream'), expected, JSON.stringify(text));
  }
});

const FRAGMENTS = [
  '*2\r\n$3\r\nGET\r\n$1\r\nx\r\n', '*1\r\n$4\r\nPING\r\n', '*1\r\n$9\r\nSUBSCRIBE\r\n', '*2\r\n$11\r\nUNSUBSCRIBE\r\n', '*1\r\n$4\r\nEXEC\r\n', '*3\r\n', '$3\r\nabc\r\n', '$1000000\r\n', '*1000000000\r\n',
  '*?\r\n', '$?\r\n', ';2\r\nab\r\n', ';0\r\n', '.\r\n', '%2\r\n', '|1\r\n', '+OK\r\n', '-ERR x\r\n', ':1\r\n', '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n', '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n',
  '$-1\r\n', '*-1\r\n', '_\r\n', 'PING\r\n', '\r\n', '*', '$', '$99999999999999999999\r\n', `+${'a'.repeat(3000)}`, '*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n',
];

test('no bytes make it throw, loop or hold more than its bounds', () => {
  fc.assert(anyBytes(redis, FRAGMENTS, { maxLeftoverBytes: 8192 }), { numRuns: 500 });
});

test('cut points change nothing', () => {
  const steps = parseConversation(`
> ${command('HELLO', '3')}${command('SET', 'a', 'x'.repeat(700))}PING\\r\\n
< %2\\r\\n$6\\r\\nserver\\r\\n$5\\r\\nredis\\r\\n$5\\r\\nproto\\r\\n:3\\r\\n+OK\\r\\n+PONG\\r\\n
> ${command('GET', 'a')}${command('LRANGE', 'l', '0', '-1')}${command('SUBSCRIBE', 'c')}
< $700\\r\\n\\{700*x}\\r\\n*3\\r\\n$1\\r\\na\\r\\n*2\\r\\n:1\\r\\n:2\\r\\n$-1\\r\\n>3\\r\\n$9\\r\\nsubscribe\\r\\n$1\\r\\nc\\r\\n:1\\r\\n
< >3\\r\\n$7\\r\\nmessage\\r\\n$1\\r\\nc\\r\\n$2\\r\\nhi\\r\\n
> ${command('AUTH', 'user', 'secret')}${command('CONFIG', 'GET', 'x')}
< -WRONGPASS invalid\\r\\n*0\\r\\n
x`);
  fc.assert(cutAnywhere(redis, steps), { numRuns: 300 });
  assert.deepEqual(converse(redis, byteByByte(steps)).map(plain), converse(redis, steps).map(plain));
});

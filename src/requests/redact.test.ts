import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { redactRequestPayload, redactResponsePayload } from './redact-payload.js';
import { redactSql } from './redact-sql.js';
import { redactUrl } from './redact-url.js';

const KEEP = { redactSqlLiterals: false };
const MASK = { redactSqlLiterals: true };
const SECRET = 'hunter2secretvalue';
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const textOf = (payload: Uint8Array | null): string => Buffer.from(payload ?? []).toString('latin1');
const request = (protocol: string, operation: string, text: string, options = KEEP): string => textOf(redactRequestPayload(protocol, operation, bytes(text), options));
const response = (protocol: string, operation: string, text: string): string => textOf(redactResponsePayload(protocol, operation, bytes(text), KEEP));
const resp = (...args: string[]): string => `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;

const packet = (command: number, text: string, sequence = 0): string => {
  const size = text.length + 1;
  return String.fromCharCode(size & 255, size >> 8, 0, sequence, command) + text;
};
const frame = (type: string, text: string): string => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length + 4);
  return type + head.toString('latin1') + text;
};

test('secret headers, parameters and fields of HTTP are masked, the rest stays', () => {
  const cases: Array<[string, string]> = [
    [`GET /a?x=1&access_token=${SECRET}&y=2 HTTP/1.1\r\nHost: a\r\n\r\n`, 'GET /a?x=1&access_token=***&y=2 HTTP/1.1\r\nHost: a\r\n\r\n'],
    [`GET / HTTP/1.1\r\nAuthorization: Basic ${SECRET}\r\nAccept: */*\r\n\r\n`, 'GET / HTTP/1.1\r\nAuthorization: ***\r\nAccept: */*\r\n\r\n'],
    [`GET / HTTP/1.1\r\ncookie:a=${SECRET}\r\nX-API-Key:  ${SECRET}\r\n\r\n`, 'GET / HTTP/1.1\r\ncookie:***\r\nX-API-Key:  ***\r\n\r\n'],
    [`GET / HTTP/1.1\r\nProxy-Authorization: ${SECRET}\r\n continued ${SECRET}\r\nA: b\r\n\r\n`, 'GET / HTTP/1.1\r\nProxy-Authorization: ***\r\n ***\r\nA: b\r\n\r\n'],
    [`GET / HTTP/1.1\r\nReferer: http://u:${SECRET}@h/?password=${SECRET}\r\n\r\n`, 'GET / HTTP/1.1\r\nReferer: http://***@h/?password=***\r\n\r\n'],
    [`GET http://kim:${SECRET}@host/x HTTP/1.1\r\n\r\n`, 'GET http://***@host/x HTTP/1.1\r\n\r\n'],
    [`POST /login HTTP/1.1\r\nContent-Length: 9\r\n\r\nuser=kim&password=${SECRET}&x=1`, 'POST /login HTTP/1.1\r\nContent-Length: 9\r\n\r\nuser=kim&password=***&x=1'],
    [`POST / HTTP/1.1\r\n\r\n{"user":"kim","password": "a\\"${SECRET}","n":1}`, 'POST / HTTP/1.1\r\n\r\n{"user":"kim","password": "***","n":1}'],
    [`POST / HTTP/1.1\r\n\r\n{"token":123456,"a":{"apiKey":"${SECRET}"}}`, 'POST / HTTP/1.1\r\n\r\n{"token":***,"a":{"apiKey":"***"}}'],
    [`POST / HTTP/1.1\r\n\r\n"{\\"secret\\":\\"${SECRET}\\"}"`, 'POST / HTTP/1.1\r\n\r\n"{\\"secret\\":\\"***\\"}"'],
    [`GET / HTTP/1.1\r\nHost: kim:${SECRET}@shop:80\r\nUser-Agent: a@b\r\n\r\n`, 'GET / HTTP/1.1\r\nHost: ***@shop:80\r\nUser-Agent: a@b\r\n\r\n'],
    ['GET /authors?author=Bob&monkey=1 HTTP/1.1\r\nCache-Control: max-age=3\r\n\r\n', 'GET /authors?author=Bob&monkey=1 HTTP/1.1\r\nCache-Control: max-age=3\r\n\r\n'],
  ];
  for (const [text, expected] of cases) assert.equal(request('http', 'GET', text), expected);
  assert.equal(response('http', 'GET', `HTTP/1.1 200 OK\r\nSet-Cookie: sid=${SECRET}; Path=/\r\n\r\nx`), 'HTTP/1.1 200 OK\r\nSet-Cookie: ***\r\n\r\nx');
});

test('credentials in Redis commands and replies are masked', () => {
  const secrets = [
    resp('AUTH', SECRET), resp('auth', 'kim', SECRET), resp('HELLO', '3', 'AUTH', 'kim', SECRET), resp('CONFIG', 'SET', 'requirepass', SECRET),
    resp('CONFIG', 'SET', 'maxmemory', '1', 'masterauth', SECRET), resp('ACL', 'SETUSER', 'kim', 'on', `>${SECRET}`, `#${SECRET}`),
    resp('MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH2', 'kim', SECRET), resp('SENTINEL', 'SET', 'm', 'auth-pass', SECRET), `AUTH ${SECRET}\r\n`,
  ];
  for (const command of secrets) {
    assert.ok(!request('redis', '', command).includes(SECRET), command);
    assert.ok(!request('redis', command.startsWith('*') ? command.split('\r\n')[2].toUpperCase() : 'AUTH', command).includes(SECRET), command);
  }
  assert.equal(request('redis', 'SET', resp('SET', 'auth', 'x')), resp('SET', 'auth', 'x'));
  assert.ok(!response('redis', 'CONFIG', resp('requirepass', SECRET)).includes(SECRET));
});

test('passwords in SQL are masked in the statement and in the bytes', () => {
  const statements = [
    `CREATE USER kim IDENTIFIED BY '${SECRET}'`, `ALTER USER kim IDENTIFIED WITH mysql_native_password AS '${SECRET}'`, `SET PASSWORD FOR 'kim'@'%' = '${SECRET}'`,
    `SET PASSWORD = PASSWORD('${SECRET}')`, `CREATE ROLE kim LOGIN PASSWORD '${SECRET}'`, `ALTER ROLE kim ENCRYPTED PASSWORD '${SECRET}'`,
    `GRANT ALL ON *.* TO kim IDENTIFIED BY '${SECRET}'`, `CHANGE MASTER TO MASTER_PASSWORD='${SECRET}'`, `update users set password = '${SECRET}' where id = 1`,
    `CREATE SUBSCRIPTION s CONNECTION 'host=h password=${SECRET}' PUBLICATION p`, `select dblink('postgres://kim:${SECRET}@h/db')`, `CREATE USER kim IDENTIFIED BY '${SECRET}`,
    `/* it's */ CREATE USER kim IDENTIFIED BY '${SECRET}'`,
  ];
  for (const statement of statements) {
    for (const dialect of ['mysql', 'postgres'] as const) assert.ok(!redactSql(statement, dialect, false).includes(SECRET), statement);
    assert.ok(!request('mysql', 'alter', packet(3, statement)).includes(SECRET), statement);
    assert.ok(!request('postgres', 'alter', frame('Q', `${statement}\0`)).includes(SECRET), statement);
    assert.ok(!request('postgres', 'alter', frame('P', `s1\0${statement}\0\0\0`) + frame('S', '')).includes(SECRET), statement);
  }
  assert.equal(redactSql("select * from users where name = 'kim'", 'postgres', false), "select * from users where name = 'kim'");
});

test('a password whose quotes were forgotten is masked, words of the language are not', () => {
  assert.equal(redactSql(`CREATE ROLE kim PASSWORD ${SECRET} LOGIN`, 'postgres', false), 'CREATE ROLE kim PASSWORD *** LOGIN');
  for (const statement of ['ALTER ROLE kim PASSWORD NULL', 'CREATE USER kim IDENTIFIED BY RANDOM PASSWORD', 'ALTER USER kim PASSWORD EXPIRE']) {
    assert.equal(redactSql(statement, 'mysql', false), statement);
  }
});

test('a form\'s secret part is masked up to the next part, the reply of CONFIG GET as well', () => {
  const form = (name: string): string => `POST / HTTP/1.1\r\n\r\n--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${SECRET}\r\n--b\r\nrest`;
  assert.match(request('http', 'POST', form('new_password')), /\r\n\r\n\*\*\*\r\n--b\r\nrest$/);
  assert.ok(request('http', 'POST', form('title')).includes(SECRET));
  const reply = response('redis', 'CONFIG GET', `*2\r\n$10\r\nmasterauth\r\n$18\r\n${SECRET}\r\n`);
  assert.ok(!reply.includes(SECRET), reply);
});

test('with the option every literal of SQL is masked, and bound values and rows are not kept', () => {
  assert.equal(redactSql("select * from t where a = 'x' and b in (1, 2.5) and c1 = $1 and d = $$y$$", 'postgres', true), 'select * from t where a = ? and b in (?, ?) and c1 = $1 and d = ?');
  assert.equal(redactSql('select * from `t1` where a = "x\\"y" -- 5', 'mysql', true), 'select * from `t1` where a = ? -- 5');
  assert.ok(!request('postgres', 'select', frame('B', `\0s1\0\0\0\0\x01\0\0\0\x12${SECRET}\0\0`), MASK).includes(SECRET));
  assert.ok(!request('mysql', 'select', packet(0x17, `\x01\0\0\0\0\x01\0\0\0${SECRET}`), MASK).includes(SECRET));
  assert.equal(redactResponsePayload('postgres', 'select', bytes(`D${SECRET}`), MASK), null);
});

test('log-ins of MySQL and PostgreSQL are masked', () => {
  assert.ok(!request('postgres', '', frame('p', `${SECRET}\0`)).includes(SECRET));
  assert.ok(!request('mysql', '', packet(0x11, `kim\0${SECRET}`)).includes(SECRET));
  assert.ok(!request('mysql', '', packet(0x85, SECRET, 1)).includes(SECRET));
});

test('raw targets lose log-ins and secret parameters', () => {
  const cases: Array<[string, string]> = [
    ['/orders/17?x=1', '/orders/17?x=1'], [`/a?Token=${SECRET}`, '/a?Token=***'], [`/a?sig=${SECRET}&key=${SECRET}#b`, '/a?sig=***&key=***#b'],
    [`/cb;jsessionid=${SECRET}?x=1`, '/cb;jsessionid=***'], [`http://a:${SECRET}@b/`, 'http://***@b/'], ['/mail/kim@host:80', '/mail/kim@host:80'],
    [`/ü?password=${SECRET}`, '/ü?password=***'], ['/a?password=', '/a?password='],
  ];
  for (const [target, expected] of cases) assert.equal(redactUrl(target), expected);
});

test('a secret shows nowhere, wherever the payload is cut', () => {
  const whole: Array<[string, string]> = [
    ['http', `POST /a?token=${SECRET} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${SECRET}\r\nCookie: a=${SECRET}\r\n\r\n{"password":"${SECRET}"}`],
    ['http', `POST /a HTTP/1.1\r\n\r\n--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--b--`],
    ['redis', resp('AUTH', 'kim', SECRET)], ['mysql', packet(3, `create user k identified by '${SECRET}'`)],
    ['postgres', frame('P', `a\0alter role k password '${SECRET}'\0\0\0`)],
  ];
  for (const [protocol, text] of whole) {
    for (let length = 0; length <= text.length; length++) {
      const redacted = request(protocol, '', text.slice(0, length));
      assert.ok(!redacted.includes(SECRET.slice(0, 4)), `${protocol} cut at ${length}: ${redacted}`);
    }
  }
});

test('any bytes and texts are survived, and nothing grows much', () => {
  const piece = fc.oneof(fc.constantFrom('password=', '"token":"', '://', '@', 'AUTH', '*2\r\n', '$4\r\n', '$99999999999\r\n', '\r\n', '\r\n\r\n', 'cookie: ', "'", '"', '\\', '{', '[', 'Q\0\0\0\x10', 'identified by ', '$$', '='), fc.string({ maxLength: 8 }));
  const payload = fc.array(piece, { maxLength: 60 }).map((pieces) => bytes(pieces.join('')));
  fc.assert(fc.property(payload, fc.boolean(), (input, literals) => {
    for (const protocol of ['http', 'redis', 'mysql', 'postgres', 'dns', '']) {
      const options = { redactSqlLiterals: literals };
      assert.ok((redactRequestPayload(protocol, '', input, options)?.length ?? 0) <= 3 * input.length + 3);
      redactResponsePayload(protocol, '', input, options);
    }
    const text = Buffer.from(input).toString('latin1');
    redactUrl(text);
    redactSql(text, literals ? 'mysql' : 'postgres', literals);
  }), { numRuns: 500 });
});

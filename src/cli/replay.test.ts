import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LAYOUT_HASH } from '../events/layout.generated.js';
import { RecordingWriter } from '../events/recording.js';
import { runCli } from './testing/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-replay-'));
after(() => rmSync(folder, { recursive: true }));

const COMMON = { pid: 7, tid: 8, comm: 'app', fd: 3, conn: 1, role: 'server', client: '127.0.0.1:56266', server: '127.0.0.1:9001' };
const LINES = [
  { type: 'data', ts: '1700000000001000000', dir: 'in', text: 'GET /orders/17?token=abc HTTP/1.1\r\nHost: shop\r\n\r\n', ...COMMON },
  { type: 'data', ts: '1700000000003500000', dir: 'out', text: 'HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nhi', ...COMMON },
  { type: 'close', ts: '1700000000004000000', errno: 0, ...COMMON },
];

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const lines = file('lines.jsonl', LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));

test('a line file becomes one request a line, redacted', async () => {
  const { code, stdout } = await runCli(['replay', lines, '--output', 'json']);
  assert.equal(code, 0);
  const requests = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(requests.length, 1);
  const { protocol, start, durationNs, waitNs, endpoint, resource, status, error } = requests[0];
  assert.deepEqual({ protocol, start, durationNs, waitNs, endpoint, resource, status, error }, {
    protocol: 'http', start: '1700000000001000000', durationNs: 2500000, waitNs: 2500000, endpoint: '/orders/*', resource: '/orders/17?token=***',
    status: '500', error: 'protocol_error',
  });
});

test('a table by default, with the options of requests and a filter', async () => {
  const { code, stdout, stderr } = await runCli(['replay', lines, '--slow', 'http=1ms', 'slow:yes']);
  assert.equal(code, 0);
  assert.match(stdout, /^TIME +SERVICE +PROTOCOL .*\n.* app +← http +127\.0\.0\.1 +500 +2\.50ms .*GET \/orders\/17\?token=\*\*\*/);
  assert.match(stderr, /^1 of 1 request\n$/);
  const none = await runCli(['replay', lines, 'slow:yes']);
  assert.equal(none.stdout, '');
});

test('an unknown column or filter is refused before anything is read', async () => {
  const column = await runCli(['replay', lines, '--columns', 'time,colour']);
  assert.deepEqual([column.code, /"colour": no such column/.test(column.stderr)], [2, true]);
  const filter = await runCli(['replay', lines, 'bogus:1']);
  assert.deepEqual([filter.code, /KND-017.*bogus/.test(filter.stderr)], [2, true]);
});

test('a line that cannot be used is named; the others count; the exit code says so', async () => {
  const path = file('bad.jsonl', `${JSON.stringify(LINES[0])}\n{"type":\n${JSON.stringify(LINES[1])}\n`);
  const { code, stdout, stderr } = await runCli(['replay', path, '--output', 'json']);
  assert.equal(code, 7);
  assert.equal(stdout.trim().split('\n').length, 1);
  assert.match(stderr, /^line 2: not JSON/);
  assert.match(stderr, /KND-085: 1 of 3 lines/);
});

test('as lines: only of a recording, and only all of it', async () => {
  const recording = join(folder, 'empty.kndl');
  new RecordingWriter(recording, { clockOffsetNs: '0', kernel: '6.1', createdMs: 0 }).close();
  const { code, stdout } = await runCli(['replay', recording, '--output', 'lines']);
  assert.deepEqual([code, stdout], [0, '']);
  const already = await runCli(['replay', lines, '--output', 'lines']);
  assert.deepEqual([already.code, /KND-081: .*holds lines already/.test(already.stderr)], [7, true]);
  const filtered = await runCli(['replay', recording, 'error:yes', '--output', 'lines']);
  assert.deepEqual([filtered.code, /KND-015: --output lines and a filter/.test(filtered.stderr)], [2, true]);
});

test('what is no recording, of another layout, or broken is told with the place', async () => {
  const header = { clockOffsetNs: '0', kernel: '6.1', createdMs: 0 };
  const broken = join(folder, 'broken.kndl');
  new RecordingWriter(broken, header).close();
  assert.equal((await runCli(['replay', broken])).code, 0);
  appendFileSync(broken, Buffer.from([16, 0, 0]));
  const other = file('other.kndl', '');
  const json = JSON.stringify({ layout: `not${LAYOUT_HASH}`, ...header });
  const head = Buffer.alloc(12);
  head.write('KNDL');
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(json.length, 8);
  writeFileSync(other, Buffer.concat([head, Buffer.from(json)]));
  const cases: Array<[string, RegExp]> = [
    [join(folder, 'missing.kndl'), /KND-080: .*ENOENT/], [file('text', 'hello'), /KND-081: .*begins neither with KNDL/],
    [file('empty', ''), /KND-081: .*it is empty/], [other, /KND-082: .*another version/], [broken, /KND-083: .*broken at byte \d+/],
  ];
  for (const [path, message] of cases) {
    const { code, stderr } = await runCli(['replay', path]);
    assert.equal(code, 7, path);
    assert.match(stderr, message);
  }
});

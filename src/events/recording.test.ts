import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { decodeRecord } from './decode.js';
import { Data, Header, LAYOUT_HASH, Limits, Type } from './layout.generated.js';
import { readRecording, RecordingWriter, type ReadProgress } from './recording.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-recording-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'file.kndl');

const HEADER = { clockOffsetNs: '1700000000000000000', kernel: '6.18', createdMs: 1 };

function dataRecord(position: number, payload: number): Uint8Array {
  const size = Math.ceil((Data.byteLength + payload) / Limits.UNIT) * Limits.UNIT;
  const bytes = new Uint8Array(size).fill(position & 255);
  const view = new DataView(bytes.buffer);
  view.setUint32(Header.size, size, true);
  view.setUint16(Header.type, Type.DATA, true);
  view.setUint16(Header.flags, 0, true);
  view.setBigUint64(Data.position, BigInt(position), true);
  view.setUint32(Data.bytes, payload, true);
  view.setUint32(Data.captured, payload, true);
  return bytes;
}

function write(records: Uint8Array[]): Buffer {
  const writer = new RecordingWriter(path, HEADER);
  for (const record of records) writer.add(new Uint8Array([1, 2, 3, ...record]), 3, record.length);
  writer.close();
  return readFileSync(path);
}

/** Positions of the data records that could be read. */
async function read(content?: Uint8Array): Promise<ReadProgress & { positions: number[] }> {
  if (content) writeFileSync(path, content);
  const positions: number[] = [];
  const ignore = () => {};
  const observer = {
    opened: ignore, connected: ignore, shutdown: ignore, closed: ignore, executed: ignore, exited: ignore,
    data: (...args: unknown[]) => { positions.push(args[6] as number); },
  };
  const progress = await readRecording(path, ignore, (bytes, view, offset) => decodeRecord(bytes, view, offset, observer));
  return { ...progress, positions };
}

test('what is written is read back, over buffers of any size', async () => {
  const records = Array.from({ length: 700 }, (_, i) => dataRecord(i, (i * 379) % Limits.MAX_CAPTURE));
  write(records);
  const { header, positions, broken, bytes } = await read();
  assert.deepEqual(header, { layout: LAYOUT_HASH, ...HEADER });
  assert.deepEqual(positions, records.map((_, i) => i));
  assert.equal(broken, null);
  assert.equal(bytes, readFileSync(path).length);
});

test('an empty recording is whole', async () => {
  write([]);
  assert.deepEqual((await read()).broken, null);
});

test('cut at any byte: whole records are handed over, and where it ends is said', async () => {
  const records = [dataRecord(0, 10), dataRecord(1, 400), dataRecord(2, 0)];
  const whole = write(records);
  const headerBytes = whole.length - records.reduce((sum, record) => sum + record.length, 0);
  for (let length = 0; length < whole.length; length++) {
    const { positions, broken } = await read(whole.subarray(0, length));
    let end = headerBytes;
    const expected: number[] = [];
    for (const [i, record] of records.entries()) {
      if (end + record.length > length) break;
      end += record.length;
      expected.push(i);
    }
    assert.deepEqual(positions, expected);
    if (length < headerBytes) assert.equal(broken?.reason, 'not_a_recording');
    else if (length === end) assert.equal(broken, null);
    else assert.deepEqual([broken?.reason, broken?.offset], ['cut_off', end]);
  }
});

test('another version, layout or kind of file is refused with the reason', async () => {
  const whole = write([dataRecord(0, 10)]);
  const version = Buffer.from(whole);
  version.writeUInt32LE(9, 4);
  assert.equal((await read(version)).broken?.reason, 'version');
  const layout = Buffer.from(whole.toString('latin1').replace(LAYOUT_HASH, '0123456789abcdef'), 'latin1');
  assert.equal((await read(layout)).broken?.reason, 'layout');
  assert.match((await read(layout)).broken!.detail, /0123456789abcdef/);
  assert.equal((await read(Buffer.from('{"type":"data"}\n'))).broken?.reason, 'not_a_recording');
  assert.equal((await read(Buffer.alloc(0))).broken?.reason, 'not_a_recording');
});

test('a header that is not one is said to be broken', async () => {
  for (const json of ['null', '[]', '{}', `{"layout":"${LAYOUT_HASH}"}`, `{"layout":"${LAYOUT_HASH}","clockOffsetNs":"soon"}`, '{']) {
    const head = Buffer.alloc(12);
    head.write('KNDL');
    head.writeUInt32LE(1, 4);
    head.writeUInt32LE(json.length, 8);
    const { broken, positions } = await read(Buffer.concat([head, Buffer.from(json)]));
    assert.equal(broken?.reason, 'corrupt', json);
    assert.deepEqual(positions, []);
  }
});

test('bytes changed anywhere never throw, and what comes before them is still read', async () => {
  const records = [dataRecord(0, 10), dataRecord(1, 200), dataRecord(2, 60), dataRecord(3, 5)];
  const whole = write(records);
  const headerBytes = whole.length - records.reduce((sum, record) => sum + record.length, 0);
  await fc.assert(fc.asyncProperty(fc.nat(whole.length - headerBytes - 1), fc.uint8Array({ minLength: 1, maxLength: 80 }), async (at, noise) => {
    const broken = Buffer.from(whole);
    broken.set(noise.subarray(0, whole.length - headerBytes - at), headerBytes + at);
    const { positions } = await read(broken);
    let end = 0;
    records.forEach((record, i) => { end += record.length; if (end <= at) assert.equal(positions[i], i); });
  }), { numRuns: 300 });
});

test('any bytes at all never throw', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (noise, magic) => {
    await read(magic ? new Uint8Array([...Buffer.from('KNDL\x01\0\0\0'), ...noise]) : noise);
  }), { numRuns: 200 });
});

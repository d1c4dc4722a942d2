import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { emptyProfile, largeProfile, sampleProfile } from '../export/testing/sample-profile.js';
import { FolderBlobs, INDEX, MemoryBlobs } from './profile-blobs.js';
import { packProfile } from './packed-profile.js';
import { ProfileFiles } from './profile-files.js';
import { DEFAULT_PROFILE_LIMITS } from './profile-limits.js';
import type { Profile } from './profile.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kindling-profiles-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const idOf = (n: number): string => n.toString(16).padStart(16, '0');
const profile = (n: number, more: Partial<Profile> = {}): Profile => ({ ...sampleProfile(), requestId: idOf(n), ...more });
/** @param ms what it took; there is no usual value, so all of it is lost */
const lasting = (n: number, ms: number, endpoint = '/a', more: Partial<Profile> = {}): Profile => profile(n, { endpoint, requestStartNs: 0, requestEndNs: ms * 1e6, ...more });
const idsOf = async (files: ProfileFiles): Promise<number[]> => (await files.rows()).map(({ id }) => parseInt(id, 16)).sort((a, b) => a - b);

class CountingBlobs extends FolderBlobs {
  read: string[] = [];

  override get(id: string): Promise<Uint8Array | null> {
    this.read.push(id);
    return super.get(id);
  }
}

test('what was put is there after reopening, and listing opens no profile', async () => {
  const files = new ProfileFiles(new FolderBlobs(folder));
  for (let n = 1; n <= 5; n++) await files.put(packProfile(profile(n)));
  assert.deepEqual(await files.get(idOf(3)), JSON.parse(JSON.stringify(profile(3))));
  await files.close();
  const blobs = new CountingBlobs(folder);
  const again = new ProfileFiles(blobs);
  const rows = await again.rows();
  assert.deepEqual(rows.map(({ id, topKind, cause, reason, durationNs }) => [id, topKind, cause.name, reason, durationNs])[4], [idOf(5), 'peer', 'peer', 'slow', 80e6]);
  assert.deepEqual(blobs.read, [INDEX]);
  assert.deepEqual([again.count, again.bytes], [files.count, files.bytes]);
  assert.equal((await again.get(idOf(5)))?.requestId, idOf(5));
});

test('killed without a chance to write its index, half a profile or half an index: what was whole is there', async () => {
  const files = new ProfileFiles(new FolderBlobs(folder));
  for (let n = 1; n <= 3; n++) await files.put(packProfile(profile(n)));
  await files.close();
  await files.put(packProfile(profile(4))); // its row is in no index
  writeFileSync(join(folder, `${idOf(5)}.json.gz.new`), 'half');
  writeFileSync(join(folder, `${idOf(6)}.json.gz`), readFileSync(join(folder, `${idOf(1)}.json.gz`)).subarray(0, 100));
  rmSync(join(folder, `${idOf(2)}.json.gz`));
  const blobs = new CountingBlobs(folder);
  assert.deepEqual(await idsOf(new ProfileFiles(blobs)), [1, 3, 4]);
  assert.deepEqual(blobs.read.filter((id) => id !== INDEX).sort(), [idOf(4), idOf(6)], 'only what the index does not know is read');
  assert.ok(!existsSync(join(folder, `${idOf(5)}.json.gz.new`)) && !existsSync(join(folder, `${idOf(6)}.json.gz`)));
  for (const broken of ['', 'no gzip', '[{"id":1}]']) {
    writeFileSync(join(folder, 'index.json.gz'), broken);
    assert.deepEqual(await idsOf(new ProfileFiles(new FolderBlobs(folder))), [1, 3, 4], broken);
  }
});

test('a profile that comes again with more names replaces the earlier one', async () => {
  const files = new ProfileFiles(new FolderBlobs(folder));
  const pending = profile(1);
  pending.stacks.pending = true;
  await files.put(packProfile(pending));
  await files.put(packProfile(profile(1, { verdict: 'Now with names.' })));
  assert.deepEqual([files.count, (await files.rows())[0].pending, (await files.get(idOf(1)))?.verdict], [1, false, 'Now with names.']);
  assert.equal(files.bytes, statSync(join(folder, `${idOf(1)}.json.gz`)).size);
});

test('a profile that is kept without all its names is not left so, however many wait to be written', async () => {
  const files = new ProfileFiles(new MemoryBlobs(), { ...DEFAULT_PROFILE_LIMITS, perEndpoint: 1_000 });
  const pending = (n: number): Profile => ({ ...profile(n), stacks: { ...profile(n).stacks, pending: true } });
  await files.put(packProfile(pending(1)));
  // None of these is written before all of them were put.
  const puts = Array.from({ length: 70 }, (_, i) => files.put(packProfile(pending(2 + i))));
  puts.push(files.put(packProfile(profile(1))), files.put(packProfile(profile(2))));
  await Promise.all(puts);
  assert.deepEqual([await files.isPending(idOf(1)), await files.isPending(idOf(2)), await files.isPending(idOf(3))], [false, false, true]);
  assert.deepEqual([files.count, files.unwritten], [65, 6]);
});

test('of one endpoint the slowest half and the newest half stay', async () => {
  const files = new ProfileFiles(new MemoryBlobs(), { ...DEFAULT_PROFILE_LIMITS, perEndpoint: 6 });
  const durations = [10, 900, 20, 30, 800, 40, 50, 700, 60, 70, 80, 90];
  for (const [n, ms] of durations.entries()) await files.put(packProfile(lasting(n, ms)));
  assert.deepEqual(await idsOf(files), [1, 4, 7, 9, 10, 11]);
});

test('an endpoint that floods costs no other one its profiles', async () => {
  const files = new ProfileFiles(new MemoryBlobs(), { files: 20, bytes: 1e9, perEndpoint: 100 });
  for (let n = 0; n < 5; n++) await files.put(packProfile(lasting(n, 50, '/rare')));
  for (let n = 100; n < 300; n++) await files.put(packProfile(lasting(n, 500, '/flood')));
  const rows = await files.rows();
  assert.deepEqual([rows.length, rows.filter((row) => row.endpoint === '/rare').length], [20, 5]);
  assert.ok(rows.some((row) => row.id === idOf(299)), 'the newest is there');
});

test('normal requests kept to compare with are few, and go by themselves', async () => {
  const files = new ProfileFiles(new MemoryBlobs(), { ...DEFAULT_PROFILE_LIMITS, perEndpoint: 10 });
  for (let n = 0; n < 30; n++) await files.put(packProfile(lasting(n, 5, '/a', { reason: 'sampled' })));
  for (let n = 100; n < 130; n++) await files.put(packProfile(lasting(n, 500, '/a')));
  const rows = await files.rows();
  assert.deepEqual([rows.filter((row) => row.reason === 'sampled').length, rows.length], [4, 14]);
});

test('200 profiles of a two-minute run stay within number and disk', async () => {
  const limits = { files: 60, bytes: 120_000, perEndpoint: 30 };
  const files = new ProfileFiles(new FolderBlobs(folder), limits);
  const large = largeProfile(2_000);
  for (let n = 0; n < 200; n++) await files.put(packProfile({ ...large, requestId: idOf(n), endpoint: `/e${n % 7}`, requestEndNs: large.requestStartNs + (n % 50) * 1e6 }));
  await files.close();
  const onDisk = readdirSync(folder).filter((name) => name !== 'index.json.gz').map((name) => statSync(join(folder, name)).size);
  const bytes = onDisk.reduce((sum, size) => sum + size, 0);
  assert.ok(onDisk.length <= limits.files && bytes <= limits.bytes && bytes > limits.bytes / 2, `${onDisk.length} files, ${bytes} bytes`);
  assert.deepEqual([files.count, files.bytes, files.unwritten], [onDisk.length, bytes, 0]);
});

const noMount = process.getuid?.() === 0 ? false : 'only root may mount the small file system that gets full';

test('on a full disk older profiles make room once; what still does not fit is counted', { skip: noMount }, async () => {
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'kindling-test', folder]).status, 0);
  try {
    const files = new ProfileFiles(new FolderBlobs(folder));
    for (let n = 0; n < 100; n++) await files.put(packProfile({ ...largeProfile(400), requestId: idOf(n) }));
    assert.ok(files.count > 3 && files.count < 40, String(files.count));
    assert.ok((await files.rows()).some((row) => row.id === idOf(99)), 'the newest is there');
    assert.equal(files.unwritten, 0);
    const huge = largeProfile(400);
    huge.verdict = Array.from({ length: 200_000 }, (_, i) => ((i * 7919) % 99991).toString(36)).join('');
    await files.put(packProfile({ ...huge, requestId: idOf(500) }));
    assert.equal(files.unwritten, 1);
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.new')), []);
    await files.put(packProfile({ ...largeProfile(400), requestId: idOf(501) }));
    assert.equal((await files.get(idOf(501)))?.requestId, idOf(501));
  } finally {
    spawnSync('umount', [folder]);
  }
});

test('a folder that cannot be had costs profiles, which are counted with the reason; once it can, they are kept', async () => {
  const path = join(folder, 'taken');
  writeFileSync(path, 'a file stands here');
  const files = new ProfileFiles(new FolderBlobs(path));
  await files.put(packProfile(profile(1)));
  assert.deepEqual([files.count, files.unwritten, await files.rows()], [0, 1, []]);
  assert.match(files.problem, /EEXIST/);
  rmSync(path);
  await files.put(packProfile(profile(2)));
  assert.deepEqual([await idsOf(files), files.unwritten, files.problem], [[2], 1, '']);
});

test('only request ids become names of files', async () => {
  const files = new ProfileFiles(new FolderBlobs(folder));
  for (const id of ['../../etc/passwd', 'a/b', '', INDEX.toUpperCase(), 'x'.repeat(16)]) {
    await files.put(packProfile(profile(0, { requestId: id })));
    assert.equal(await files.get(id), null, id);
  }
  assert.deepEqual([readdirSync(folder), files.unwritten], [[], 5]);
});

test('nothing is said about a profile of which nothing is known, but it is kept', async () => {
  const files = new ProfileFiles(new MemoryBlobs());
  await files.put(packProfile({ ...emptyProfile(), requestId: idOf(1) }));
  const [row] = await files.rows();
  assert.deepEqual([row.topKind, row.shares, row.objects], ['unexplained', [], []]);
});

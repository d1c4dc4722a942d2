/** Beside the timeline: flame graphs, logs, files, peers, the comparison, and the switch of profiling. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Profile, ProfileSummary } from '../../src/server/api.js';
import { lowContrast } from './contrast.js';
import { external, openBrowser, type Session } from './browser.js';

let session: Session;
let ids: string[];
let profile: Profile;
before(async () => {
  session = await openBrowser();
  if (external) return;
  ids = (await (await fetch(`${session.base}/api/profiles`)).json() as ProfileSummary[]).map((row) => row.id);
  profile = session.fixture!.profiles.byId.get(ids[0])!;
});
after(() => session.close());

const options = { skip: external ? 'needs made-up profiles' : false };
const param = (name: string): string | null => new URL(session.page.url()).searchParams.get(name);
const hasParam = (name: string): Promise<unknown> => session.page.waitForFunction((one) => new URL(location.href).searchParams.has(one), name);
const lacksParam = (name: string): Promise<unknown> => session.page.waitForFunction((one) => !new URL(location.href).searchParams.has(one), name);

async function open(query: string, id = ids[0]): Promise<void> {
  await session.page.goto(`${session.base}/requests/${id}${query}`);
  await session.page.locator('.tabs').scrollIntoViewIfNeeded();
}

async function timeline(): Promise<{ x: number; y: number; width: number; height: number }> {
  const canvas = session.page.locator('.tl-scroll canvas');
  await canvas.scrollIntoViewIfNeeded();
  await session.page.waitForTimeout(100);
  return (await canvas.boundingBox())!;
}

test('a drag over threads selects: what they did is summed up, and their flame graph is shown', options, async () => {
  const { page } = session;
  await open('?threads=all');
  const box = await timeline();
  const x = (share: number): number => box.x + 208 + (box.width - 216) * share;
  await page.mouse.move(x(0.2), box.y + 50 + 2 * 22 + 10);
  await page.mouse.down();
  await page.mouse.move(x(0.6), box.y + 50 + 2 * 22 + 14, { steps: 4 });
  await page.mouse.up();
  await hasParam('sel');
  assert.match(param('sel')!, /^\d+-\d+:\d+$/);
  assert.match(await page.locator('section[aria-label="Selected range"]').innerText(), /pool-3-t-4.*on CPU/s);
  assert.equal(await page.getByRole('tab', { selected: true }).innerText().then((text) => text.split(' ')[0]), 'Flame');
  assert.equal(await page.getByRole('button', { name: 'Selection', pressed: true }).count(), 1);
  assert.match(await page.locator('.fl-list').innerText(), /memcpy_inl/);
  await page.locator('.tl-scroll canvas').focus();
  await page.keyboard.press('z');
  await hasParam('zoom');
  await page.keyboard.press('Escape');
  await lacksParam('sel');
});

test('the flame graph is searched, inverted, zoomed by keys, and turned around a function; the address keeps it', options, async () => {
  const { page, complaints } = session;
  await open('?tab=flame&of=all');
  await page.getByLabel('Find a function').fill('mergehi');
  await hasParam('find');
  assert.match(await page.locator('.fl-tools').innerText(), /1\d.%/);
  assert.equal(await page.locator('.fl-list tbody tr').count(), 1);
  await page.getByLabel('Find a function').fill('');
  await lacksParam('find');
  const canvas = page.locator('.fl-scroll canvas');
  await canvas.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  assert.match((await page.locator('#fl-cursor').textContent())!, /Report\.build/);
  await page.keyboard.press('Enter');
  await hasParam('at');
  const zoomed = param('at');
  await page.reload();
  await canvas.waitFor();
  assert.equal(param('at'), zoomed);
  await canvas.focus();
  await page.keyboard.press('Escape');
  await lacksParam('at');
  await page.locator('.fl-list button', { hasText: 'Report.render' }).click();
  await hasParam('fn');
  assert.match(await page.locator('.fl-around').innerText(), /callers and callees of\s*Report\.render/);
  await page.getByRole('button', { name: 'Back to all' }).click();
  await lacksParam('fn');
  await page.getByRole('button', { name: 'Invert' }).click();
  await hasParam('invert');
  await page.getByRole('button', { name: 'blocked' }).click();
  await page.waitForFunction(() => /blocked/.test(document.querySelector<HTMLElement>('.fl-total')?.innerText ?? ''));
  assert.match(await page.locator('.fl-list').innerText(), /futex_wait/);
  assert.match(await page.locator('.fl-frame + .tl-legend').innerText(), /kernel/);
  assert.deepEqual(complaints, []);
});

test('names that are still looked up are said to be, and come by themselves', options, async () => {
  const { page, fixture } = session;
  const pending = fixture!.profiles.byId.get(ids[2])!;
  await open('?tab=flame', ids[2]);
  await page.getByText('Names are being looked up').waitFor();
  const frames = pending.stacks.frames.map((frame) => (frame.name === 'render' ? { ...frame, name: 'renderProducts' } : frame));
  fixture!.profiles.byId.set(ids[2], { ...pending, stacks: { ...pending.stacks, frames, pending: false } });
  await page.locator('.fl-list', { hasText: 'renderProducts' }).waitFor();
  assert.equal(await page.getByText('Names are being looked up').count(), 0);
});

test('the filter and the kinds leave the threads and slices that fit, and stand in the address', options, async () => {
  const { page } = session;
  await open('?threads=all');
  const rows = (): Promise<number> => page.locator('.tl-scroll > div').evaluate((one) => Math.round((one.clientHeight - 50) / 22));
  assert.equal(await rows(), profile.threads.length);
  await page.getByLabel(/Filter the threads/).fill('log:rows');
  await hasParam('show');
  assert.equal(await rows(), 1);
  await page.getByText('5 do not fit the filter').waitFor();
  await page.getByLabel(/Filter the threads/).fill('file:journal');
  await page.waitForFunction(() => new URL(location.href).searchParams.get('show') === 'file:journal');
  assert.equal(await rows(), 1);
  await page.getByLabel(/Filter the threads/).fill('');
  await lacksParam('show');
  await page.locator('.tl-legend').getByRole('button', { name: 'memory' }).click();
  await hasParam('kinds');
  assert.equal(await rows(), 1);
  await page.getByLabel(/Filter the threads/).fill('nothing has this');
  await page.getByText('No thread fits the filter').waitFor();
});

test('logs by thread, a line leads to what its thread did; files and peers are summed and lead to their slices', options, async () => {
  const { page } = session;
  await open('?tab=logs');
  assert.equal(await page.locator('.logs tbody tr').count(), 5);
  await page.getByLabel('Of which thread').selectOption({ label: 'pool-3-t-4 ' + profile.logs[2].tid + ' (1)' });
  await page.waitForFunction(() => document.querySelectorAll('.logs tbody tr').length === 1);
  await page.locator('.logs a').click();
  await hasParam('slice');
  assert.match(await page.locator('.slice-details').innerText(), /on CPU.*pool-3-t-4/s);
  await page.getByRole('tab', { name: /Files/ }).click();
  assert.match(await page.locator('.objects').innerText(), /journal\.log\s+2\s+81\.9.kB/);
  await page.locator('.objects button', { hasText: 'missing.html' }).click();
  assert.match(await page.locator('.objects .inner').first().innerText(), /openat.*ENOENT/s);
  await page.locator('.objects button', { hasText: 'journal.log' }).click();
  await page.locator('.objects .inner a').first().click();
  await page.waitForFunction(() => /fsync/.test(document.querySelector<HTMLElement>('.slice-details')?.innerText ?? ''));
  assert.match(await page.locator('.stack-list').innerText(), /ext4_sync_file.*Journal\.sync/s);
});

test('a call on the axis opens with links to its request and, where its server is traced, to its own', options, async () => {
  const { page, fixture } = session;
  await open('', ids[1]);
  const box = await timeline();
  await page.mouse.click(box.x + 208 + (box.width - 216) * 0.4, box.y + 50 + 22 + 10);
  const details = page.locator('section[aria-label="Selected call"]');
  const call = fixture!.profiles.byId.get(ids[1])!.calls.find((one) => one.server)!;
  assert.match(await details.innerText(), /Call to postgres.*In the server itself/s);
  assert.match((await details.getByRole('link', { name: 'its request and profile' }).getAttribute('href'))!, new RegExp(`/requests/${call.server!.id}`));
  await page.getByRole('button', { name: 'look inside' }).click();
  assert.match(await page.locator('.ledger-inside').innerText(), /Meanwhile in postgres.*row lock of orders/s);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the evidence is readable in ${colorScheme}`, options, async () => {
    const { page } = session;
    await page.emulateMedia({ colorScheme });
    for (const [name, query, id] of [['flame', '?tab=flame&of=all&find=report', ids[0]], ['logs', '?tab=logs&line=2', ids[0]], ['peers', '?tab=peers&inside=peer%20postgres%20127.0.0.1:5490', ids[1]]] as const) {
      await open(query, id);
      assert.deepEqual(await page.evaluate(lowContrast), [], `${name}: contrast`);
      assert.ok(await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth) <= 0, `${name} is too wide`);
      await session.shot(`evidence-${name}-${colorScheme}`);
    }
    await page.goto(`${session.base}/compare/${ids[0]}/${profile.usual!.requestId}`);
    await page.locator('.compare-ledger').waitFor();
    await page.waitForTimeout(150);
    assert.deepEqual(await page.evaluate(lowContrast), [], 'comparison: contrast');
    assert.ok(await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth) <= 0, 'comparison is too wide');
    await session.shot(`compare-${colorScheme}`);
  });
}

test('a request is compared with a usual one: ledgers aligned, timelines on one scale, flame graphs subtracted', options, async () => {
  const { page, complaints } = session;
  await open('');
  await page.getByRole('link', { name: 'Compare with a usual one' }).click();
  await page.locator('.compare-ledger').waitFor();
  assert.match(await page.locator('.sentence').innerText(), /more than the other, most of it: lock .*\+/);
  assert.match(await page.locator('.compare-ledger tbody tr').first().innerText(), /lock\s+818.ms.*\+818.ms/s);
  assert.equal(await page.locator('.tl-scroll canvas').count(), 2);
  assert.match(await page.locator('.fl-list').innerText(), /\+\d+.*memcpy_inl/s);
  const box = (await page.locator('.tl-scroll canvas').first().boundingBox())!;
  await page.mouse.move(box.x + 400, box.y + 60);
  await page.mouse.wheel(0, -300);
  await hasParam('zoom');
  await page.goto(`${session.base}/compare/${ids[0]}/0123456789abcdef`);
  await page.getByRole('alert').waitFor();
  assert.deepEqual(complaints, []);
});

test('the list of profiles is narrowed by cause and words, and grouped by cause', options, async () => {
  const { page } = session;
  await page.goto(`${session.base}/profiles`);
  const rows = page.locator('.profiles tbody tr');
  await rows.first().waitFor();
  const all = await rows.count();
  await page.locator('.profiles-toolbar').getByRole('button', { name: /^lock/ }).click();
  await hasParam('cause');
  assert.ok(await rows.count() < all && await rows.count() > 0);
  await page.getByRole('button', { name: 'by cause' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.profiles tbody tr').length === 1);
  assert.match(await rows.first().innerText(), /lock: 0x7f1a4c0029e8/);
  await page.getByLabel(/Find in/).fill('no such word');
  await page.getByText('None of them fits').waitFor();
});

test('profiling is switched off and on from the page, with what it costs; the next requests like one are asked for', options, async () => {
  const { page, fixture, complaints } = session;
  await page.goto(`${session.base}/profiles`);
  const line = page.locator('.profiling');
  await line.waitFor();
  assert.match(await line.innerText(), /33\.6.MB of memory, 0\.006.cores in the kernel/);
  await line.getByRole('button', { name: 'off' }).click();
  await line.getByText('Off: nothing is attached').waitFor();
  assert.equal(fixture!.profiling.on, false);
  await open('');
  await page.getByLabel('How many').selectOption('20');
  await page.getByRole('button', { name: 'Profile the next' }).click();
  await page.locator('.profile-next', { hasText: '20 still to come' }).waitFor();
  const [{ remaining: _, ...ask }] = fixture!.profiling.asks;
  assert.deepEqual(ask, { service: 'shop', endpoint: '/checkout', operation: 'POST', count: 20 });
  assert.equal(fixture!.profiling.on, true, 'asking turns it on');
  fixture!.profiling.on = false;
  fixture!.profiling.unavailable = 'This kernel has no BPF ring for it: Linux 5.8 is needed.';
  await page.goto(`${session.base}/agent`);
  await page.locator('.profiling', { hasText: 'Linux 5.8 is needed' }).waitFor();
  assert.equal(await page.locator('.profiling').getByRole('button', { name: 'on' }).isDisabled(), true);
  assert.deepEqual(complaints, []);
});

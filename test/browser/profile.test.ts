/** A profiled request: verdict and ledger, threads on their axis, the path as a table; and it stays smooth. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { ProfileSummary } from '../../src/server/api.js';
import { hugeProfile } from '../ui/huge-profile.js';
import { lowContrast } from './contrast.js';
import { external, openBrowser, type Session } from './browser.js';

const THREADS = 200;
const SLICES = 1_000;
const SAMPLES = 20_000;
const FRAMES = 40;

let session: Session;
let ids: string[];
before(async () => {
  session = await openBrowser();
  if (external) return;
  ids = (await (await fetch(`${session.base}/api/profiles`)).json() as ProfileSummary[]).map((row) => row.id);
  assert.ok(ids.length >= 3, 'the shop has slow requests');
});
after(() => session.close());

const options = { skip: external ? 'needs made-up profiles' : false };
const param = (name: string): string | null => new URL(session.page.url()).searchParams.get(name);

async function open(id: string, query = ''): Promise<{ x: number; y: number; width: number; height: number }> {
  const { page, base } = session;
  await page.goto(`${base}/requests/${id}${query}`);
  const canvas = page.locator('.tl-scroll canvas');
  await canvas.scrollIntoViewIfNeeded();
  await page.waitForTimeout(100);
  return (await canvas.boundingBox())!;
}

/** In the middle of a lane, at a share of the plot. */
const spot = (box: { x: number; y: number; width: number }, lane: number, share: number): [number, number] => [box.x + 208 + (box.width - 216) * share, box.y + 50 + lane * 22 + 10];

for (const size of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`profiles fit ${size.width} px in ${colorScheme} and are readable`, options, async () => {
      const { page, complaints } = session;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      for (const [i, name] of ['lock', 'peer', 'cpu'].entries()) {
        const box = await open(ids[i], '?threads=all');
        if (name === 'lock') {
          await page.mouse.click(...spot(box, 0, 0.5));
          await page.locator('.slice-details').waitFor();
          await page.mouse.move(...spot(box, 0, 0.4));
          await page.locator('.tl-frame .tip').waitFor();
        }
        assert.deepEqual(await page.evaluate(lowContrast), [], `${name}: contrast`);
        assert.ok(await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth) <= 0, `${name} is too wide`);
        await session.shot(`profile-${name}-${size.width}-${colorScheme}`);
        await page.locator('main').evaluate((main) => { main.scrollTop = 0; });
        await session.shot(`profile-${name}-top-${size.width}-${colorScheme}`);
      }
      await page.goto(`${session.base}/profiles`);
      await page.locator('.profiles tbody tr').first().waitFor();
      assert.deepEqual(await page.evaluate(lowContrast), [], 'list: contrast');
      await session.shot(`profiles-${size.width}-${colorScheme}`);
      assert.deepEqual(complaints, []);
    });
  }
}

test('the verdict and the ledger stand on top, the path as a table below', options, async () => {
  const { page } = session;
  await open(ids[0]);
  assert.match(await page.locator('.sentence').innerText(), /waited for lock 0x7f1a4c0029e8, held by thread pool-3-t-4/);
  assert.match((await page.locator('.ledger-bar').getAttribute('aria-label'))!, /lock.*70.%.*unexplained 1.%/);
  assert.equal(await page.locator('.path-table tbody tr').count(), 9);
  assert.match(await page.locator('ul.notes').first().innerText(), /stacks of 2 threads/);
});

test('wheel, drag, keys, pan and double click change what is shown; the address keeps it', options, async () => {
  const { page } = session;
  const box = await open(ids[0]);
  const [x, y] = spot(box, 0, 0.5);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
  const zoomed = param('zoom')!;
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(x - 200, y, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.waitForFunction((old) => new URL(location.href).searchParams.get('zoom') !== old, zoomed);
  await page.waitForTimeout(300);
  const panned = param('zoom')!;
  const span = (text: string): number => Number(text.split('-')[1]) - Number(text.split('-')[0]);
  assert.ok(Number(panned.split('-')[0]) > Number(zoomed.split('-')[0]) && Math.abs(span(panned) - span(zoomed)) < 3, `${zoomed} -> ${panned}`);
  await page.reload();
  await page.locator('.tl-scroll canvas').scrollIntoViewIfNeeded();
  assert.equal(param('zoom'), panned);
  await page.mouse.dblclick(x, y);
  await page.waitForFunction(() => !new URL(location.href).searchParams.has('zoom'));
  await page.mouse.move(x - 200, box.y + 24);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 24, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
  await page.locator('.tl-scroll canvas').focus();
  await page.keyboard.press('0');
  await page.waitForFunction(() => !new URL(location.href).searchParams.has('zoom'));
  await page.keyboard.press('+');
  await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
});

test('a click pins a slice; its waker is a link; Escape closes it and stays on the page', options, async () => {
  const { page } = session;
  const box = await open(ids[0]);
  await page.mouse.move(...spot(box, 0, 0.4));
  assert.match(await page.locator('.tl-frame .tip').innerText(), /lock.*futex\(\).*0x7f1a4c0029e8\s+woken by pool-3-t-4/s);
  await page.mouse.click(...spot(box, 0, 0.4));
  const details = page.locator('.slice-details');
  assert.match(await details.innerText(), /Woken by\s+pool-3-t-4/);
  await details.getByRole('link', { name: /pool-3-t-4/ }).click();
  await page.waitForFunction(() => /Thread\s+pool-3-t-4/.test(document.querySelector<HTMLElement>('.slice-details')?.innerText ?? ''));
  await page.locator('.tl-scroll canvas').focus();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/requests\//);
});

test('arrow keys go from slice to slice and from thread to thread, and say which', options, async () => {
  const { page } = session;
  await open(ids[0]);
  await page.locator('.tl-scroll canvas').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const first = await page.locator('#tl-cursor').textContent();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await page.locator('#tl-cursor').textContent(), first);
  await page.keyboard.press('Enter');
  await page.locator('.slice-details').waitFor();
});

test('a request without a profile says why and what to do', options, async () => {
  const { page, base, fixture } = session;
  const plain = fixture!.shop.records.find((row) => !row.slow && row.service === 'shop')!;
  await page.goto(`${base}/requests/${plain.id}`);
  const text = await page.locator('section[aria-label=Threads] .empty').innerText();
  assert.match(text, /no profile.*recorder is on/s);
});

test('names and objects that are no plain text are shown as signs, and a profile with nothing in it is a page', options, async () => {
  const { page, fixture, complaints } = session;
  const profile = fixture!.profiles.byId.get(ids[1])!;
  const nasty = '<img src=x onerror="window.broken=1">\u202e\u0000\ud800' + 'x'.repeat(5_000);
  const threads = profile.threads.map((thread) => ({ ...thread, name: nasty, slices: thread.slices.map((slice) => ({ ...slice, object: nasty, syscall: nasty, wokenBy: { pid: 1, tid: 1, name: nasty } })) }));
  const named = { ...profile, threads, verdict: nasty, path: profile.path.map((segment) => ({ ...segment, object: nasty })), ledger: profile.ledger.map((entry, i) => ({ ...entry, object: nasty + i })), missing: [nasty],
    lookAt: [{ label: nasty, requestId: '01' }], logs: profile.logs.map((line) => ({ ...line, text: nasty, target: nasty })), operations: profile.operations.map((one) => ({ ...one, object: nasty, syscall: nasty })),
    moments: profile.moments.map((one) => ({ ...one, text: nasty, kind: nasty as 'gc' })), calls: profile.calls.map((call) => ({ ...call, service: nasty, endpoint: nasty, peer: nasty })),
    stacks: { ...profile.stacks, frames: profile.stacks.frames.map((frame, i) => ({ ...frame, name: nasty + i, module: nasty, file: nasty })), stacks: profile.stacks.stacks.map((stack) => ({ ...stack, truncated: nasty })) },
  };
  fixture!.profiles.byId.set(ids[1], named);
  const box = await open(ids[1]);
  await page.mouse.click(...spot(box, 0, 0.5));
  await page.locator('.slice-details').waitFor();
  assert.equal(await page.evaluate('window.broken'), undefined);
  assert.doesNotMatch(await page.locator('main').innerText(), /[\u202e\u0000]/);
  assert.ok(await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth) <= 0, 'fits');
  const marked = encodeURIComponent(nasty.slice(0, 39));
  for (const tab of ['path', 'flame&of=all', 'flame&of=all&find=onerror&flame=off', 'logs', 'files', `peers&object=${marked}`, marked]) {
    await open(ids[1], `?threads=all&tab=${tab}&fn=${marked}&at=1.2.x&sel=9-<&kinds=${marked}`);
    assert.equal(await page.evaluate('window.broken'), undefined, tab);
    assert.doesNotMatch(await page.locator('main').innerText(), /[\u202e\u0000]/, tab);
    assert.equal(await page.locator('main img, main script').count(), 0, tab);
    assert.ok(await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth) <= 0, `${tab} fits`);
  }
  fixture!.profiles.byId.set(ids[1], { ...profile, threads: [], path: [], ledger: [], stacks: { ...profile.stacks, frames: [], stacks: [] }, logs: [], operations: [], calls: [], moments: [], verdict: '', missing: ['The window is older than the recorder\'s memory.'] });
  await open(ids[1], '?threads=all&slice=4:5&zoom=1-2&tab=flame&of=all');
  assert.match(await page.locator('.sentence').innerText(), /It took/);
  assert.match(await page.locator('ul.notes').first().innerText(), /older than/);
  assert.deepEqual(complaints, []);
});

test(`${THREADS} threads with ${SLICES} slices each and ${SAMPLES} samples can be zoomed and panned, and so can their flame graph; what a frame takes is told`, options, async (t) => {
  const { page, fixture } = session;
  await page.setViewportSize({ width: 1920, height: 1080 });
  const record = fixture!.shop.records.find((row) => row.id === ids[0])!;
  const { requestPayload: _a, responsePayload: _b, ...request } = record;
  fixture!.profiles.byId.set(request.id, hugeProfile(request, THREADS, SLICES, SAMPLES));
  const started = Date.now();
  const box = await open(request.id, '?threads=all');
  t.diagnostic(`on screen after ${Date.now() - started} ms`);
  await session.shot('profile-huge-1920');
  const [x, y] = spot(box, 4, 0.5);
  const wheel = (event: string): string => `canvas.dispatchEvent(new WheelEvent('wheel', { ${event}, clientX: ${x}, clientY: ${y}, bubbles: true, cancelable: true }))`;
  const actions: Record<string, string> = { 'zoom in': wheel('deltaY: -60'), 'zoom out': wheel('deltaY: 60'), pan: wheel('deltaX: 40'), scroll: 'scroller.scrollTop += 60' };
  for (const [name, action] of Object.entries(actions)) {
    const { median, worst, cpu } = await frames(action);
    t.diagnostic(`${name}: ${cpu.toFixed(1)} ms of CPU a frame; frames come every ${median.toFixed(1)} ms, 95 % within ${worst.toFixed(1)} ms`);
    if (name === 'zoom in') await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
  }
  const opened = Date.now();
  await page.goto(`${session.base}/requests/${request.id}?tab=flame&of=all`);
  await page.locator('.fl-scroll canvas').waitFor({ timeout: 60_000 });
  t.diagnostic(`page with the flame graph of ${SAMPLES} samples after ${Date.now() - opened} ms`);
  await page.locator('.fl-scroll canvas').scrollIntoViewIfNeeded();
  await session.shot('flame-huge-1920');
  const flame: Record<string, string> = {
    'flame graph, cursor': `flame.focus(), flame.dispatchEvent(new KeyboardEvent('keydown', { key: frames.length % 2 ? 'ArrowDown' : 'ArrowRight', bubbles: true }))`,
    'flame graph, zoom': `flame.dispatchEvent(new KeyboardEvent('keydown', { key: frames.length % 2 ? 'Enter' : 'Escape', bubbles: true }))`,
  };
  for (const [name, action] of Object.entries(flame)) {
    const { median, worst, cpu } = await frames(action);
    t.diagnostic(`${name}: ${cpu.toFixed(1)} ms of CPU a frame; frames come every ${median.toFixed(1)} ms, 95 % within ${worst.toFixed(1)} ms`);
  }
});

/** Does something before each of many frames: how often they come, and what one costs the page's thread. */
async function frames(action: string): Promise<{ median: number; worst: number; cpu: number }> {
  const { page } = session;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuMs = async (): Promise<number> => (await devtools.send('Performance.getMetrics')).metrics.find((one) => one.name === 'TaskDuration')!.value * 1000;
  const before = await cpuMs();
  const taken = await page.evaluate(`new Promise((resolve) => {
    const canvas = document.querySelector('.tl-scroll canvas'), flame = document.querySelector('.fl-scroll canvas'), scroller = document.querySelector('.tl-scroll'), frames = [];
    let last = performance.now();
    const step = () => requestAnimationFrame(() => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      if (frames.length > ${FRAMES}) return resolve(frames.slice(1));
      ${action};
      step();
    });
    step();
  })`) as number[];
  const cpu = (await cpuMs() - before) / FRAMES;
  await devtools.detach();
  taken.sort((a, b) => a - b);
  return { median: taken[FRAMES / 2], worst: taken[Math.floor(FRAMES * 0.95) - 1], cpu };
}

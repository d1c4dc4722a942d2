/** The page over the real demo, which this test starts: what a newcomer sees, and how soon. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoProcess } from '../e2e/demo-process.js';
import { freePort } from '../servers/index.js';
import { openBrowser, type Session } from './browser.js';

const skip = process.env.KINDLING_TEST_NO_BPF === '1' ? 'KINDLING_TEST_NO_BPF is set' : process.getuid?.() !== 0 ? 'needs root' : false;
/** Other work on the machine delays single ones. */
const VISITS = 7;

let demo: DemoProcess;
let session: Session;
let shop = '';

before(async () => {
  if (skip) return;
  const port = await freePort();
  demo = DemoProcess.start(['--port', String(port), '--seconds', '90']);
  shop = (await demo.printed(/the shop answers on (\S+)/))[1];
  await demo.printed(/the page is on /);
  session = await openBrowser({ width: 1280, height: 800 }, `http://127.0.0.1:${port}`);
}, { timeout: 60_000 });
after(async () => {
  await session?.close();
  await demo?.[Symbol.asyncDispose]();
});

test('the services of the shop appear by themselves, with rates over the time observed', { skip, timeout: 60_000 }, async () => {
  const { page, base } = session;
  await page.goto(base);
  for (const name of ['nginx', 'shop', 'redis-server', 'postgres', 'mariadbd', 'dnsmasq']) {
    await page.locator('table.services tbody tr', { hasText: name }).first().waitFor({ timeout: 30_000 });
  }
  await page.locator('.bar .since').waitFor();
  await page.waitForFunction(() => {
    const row = [...document.querySelectorAll('table.services tbody tr')].find((one) => one.children[0].textContent === 'nginx');
    return Number(/^[\d.]+/.exec(row?.children[2].textContent ?? '')?.[0]) > 75;
  }, undefined, { timeout: 20_000 });
});

test('a request that ended comes into the live list by itself; how soon is told', { skip, timeout: 60_000 }, async (t) => {
  const { page, base } = session;
  await page.goto(`${base}/requests?follow=1&filter=${encodeURIComponent('service:nginx resource:*marked*')}`);
  await page.waitForFunction(() => document.querySelector('.live')?.textContent?.includes('/s'));
  const taken = [];
  for (let visit = 0; visit < VISITS; visit++) {
    // One that fails: of normal ones the live list shows a part.
    await (await fetch(`${shop}/products/999999?marked=${visit}`)).arrayBuffer();
    const ended = performance.now();
    await page.locator('a.rt-row', { hasText: `marked=${visit}` }).first().waitFor();
    taken.push(performance.now() - ended);
    await delay(150);
  }
  taken.sort((a, b) => a - b);
  t.diagnostic(`visible after ${taken.map((ms) => ms.toFixed(0)).join(', ')} ms`);
});

test('from the overview to a request and back, everything where it was', { skip, timeout: 60_000 }, async () => {
  const { page, base } = session;
  await page.goto(base);
  await page.locator('table.services a', { hasText: 'shop' }).first().waitFor();
  await page.locator('.incident').first().waitFor({ timeout: 20_000 });
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  const row = page.locator('a.rt-row').nth(3);
  await row.waitFor();
  const href = await row.getAttribute('href');
  await row.click();
  await page.locator('.headline').waitFor();
  await page.locator('.wf-row').first().waitFor();
  await page.goBack();
  await page.locator(`a.rt-row[href="${href}"]`).waitFor();
});

test('a slow request has a profile: ledger, threads, path, evidence, and a file to keep', { skip, timeout: 90_000 }, async () => {
  const { page, base, complaints } = session;
  let slowest: { id: string } | undefined;
  for (let tries = 0; tries < 120 && !slowest; tries++) {
    const list = await (await fetch(`${base}/api/profiles?limit=5`)).json() as Array<{ id: string }>;
    slowest = Array.isArray(list) ? list[0] : undefined;
    if (!slowest) await delay(500);
  }
  assert.ok(slowest, 'the demo has slow requests');
  await page.goto(`${base}/requests/${slowest.id}?tab=path`);
  for (const part of ['.ledger-bar', '.tl-scroll canvas', '.path-table tbody tr']) await page.locator(part).first().waitFor({ timeout: 30_000 });
  for (const tab of ['Flame graph', 'Logs', 'Files', 'Peers']) {
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
    await page.getByRole('tabpanel').locator('canvas, table, .empty').first().waitFor();
  }
  await session.shot('demo-profile');
  const saved = await fetch(`${base}/api/requests/${slowest.id}/profile.html`);
  assert.match(await saved.text(), new RegExp(`<script[^>]*id="profile"[^>]*>\\{.*"requestId":"${slowest.id}"`));
  assert.deepEqual(complaints, []);
});

test('at 1,000 requests a second following does not move what is pointed at', { skip, timeout: 60_000 }, async () => {
  const { page, base } = session;
  await page.goto(`${base}/requests?follow=1&ends=both`);
  const first = (): Promise<string | null> => page.locator('a.rt-row >> nth=0').getAttribute('href');
  await page.locator('a.rt-row').first().waitFor();
  const before = await first();
  await page.waitForFunction((old) => document.querySelector('a.rt-row')?.getAttribute('href') !== old, before);
  await page.locator('a.rt-row >> nth=2').hover();
  await page.locator('.toolbar', { hasText: 'held' }).waitFor();
  const held = await first();
  await delay(1_500);
  assert.equal(await first(), held);
  await page.mouse.move(5, 5);
  await page.waitForFunction((old) => document.querySelector('a.rt-row')?.getAttribute('href') !== old, held);
});

test('pictures of the demo in both themes and at both sizes', { skip, timeout: 60_000 }, async () => {
  const { page, base, complaints } = session;
  const list = await (await fetch(`${base}/api/requests?sort=-duration&limit=1&filter=service:shop+role:server`)).json() as { rows: Array<{ id: string }> };
  const views: Array<[string, string, string]> = [
    ['overview', '/', '.incident'], ['requests', '/requests', 'a.rt-row'], ['request', `/requests/${list.rows[0].id}`, '.wf-row'], ['service', '/services/shop', '.chart canvas'], ['agent', '/agent', '.facts'],
  ];
  for (const size of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      for (const [name, path, shows] of views) {
        await page.goto(base + path);
        await page.locator(shows).first().waitFor();
        await delay(200);
        await session.shot(`demo-${name}-${size.width}-${colorScheme}`);
      }
    }
  }
  assert.deepEqual(complaints, []);
});

/** The requests explorer under mouse and keyboard. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { external, openBrowser, type Session } from './browser.js';

let session: Session;
before(async () => { session = await openBrowser(); });
after(() => session.close());

const skip = external ? 'needs the made-up requests' : false;
const FIRST_ROW = 'a.rt-row >> nth=0';

async function openList(path = '/requests'): Promise<void> {
  await session.page.goto(session.base + path);
  await session.page.locator(FIRST_ROW).waitFor();
}

const params = (): URLSearchParams => new URL(session.page.url()).searchParams;

test('the slash focuses the filter, words complete, and the address holds the filter', async () => {
  const { page } = session;
  await openList();
  await page.keyboard.press('/');
  await page.keyboard.type('proto');
  assert.match(await page.locator('#filter-offers li').first().innerText(), /^protocol:/);
  await page.keyboard.press('Tab');
  await page.keyboard.type('http');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => new URLSearchParams(location.search).get('filter') === 'protocol:http');
  await page.waitForFunction(() => [...document.querySelectorAll('a.rt-row')].every((row) => row.children[2].textContent === 'http'));
  await session.shot('explorer-filtered');
});

test('a filter that cannot be understood says why and how', async () => {
  const { page } = session;
  await page.goto(`${session.base}/requests?filter=nosuchword:1`);
  await page.getByRole('alert').first().waitFor();
  assert.match(await page.getByRole('alert').first().innerText(), /nosuchword/);
});

test('an empty result says what to do', async () => {
  const { page } = session;
  await page.goto(`${session.base}/requests?filter=${encodeURIComponent('service:"there is none"')}`);
  await page.locator('.empty').waitFor();
  assert.match(await page.locator('.empty').innerText(), /remove the filter/);
});

test('j, k, Enter, Esc and Back walk the list and come back to the same place', async () => {
  const { page } = session;
  await openList();
  for (let i = 0; i < 40; i++) await page.keyboard.press('j');
  await page.keyboard.press('k');
  const selected = page.locator('a.rt-row[aria-selected=true]');
  const href = await selected.getAttribute('href');
  const top = await page.locator('.rt-scroll').evaluate((element) => element.scrollTop);
  assert.ok(top > 0, 'the selection stays in view');
  await page.keyboard.press('Enter');
  await page.locator('.headline').waitFor();
  assert.ok(page.url().includes(href!.split('?')[0]));
  await page.keyboard.press('Escape');
  await selected.waitFor();
  assert.equal(await selected.getAttribute('href'), href);
  assert.equal(await page.locator('.rt-scroll').evaluate((element) => element.scrollTop), top);
});

test('g o, g r and g a go to the pages; ? shows the keys', async () => {
  const { page } = session;
  await openList();
  for (const [key, path] of [['o', '/'], ['a', '/agent'], ['r', '/requests']]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForFunction((expected) => location.pathname === expected, path);
  }
  await page.keyboard.press('?');
  await page.locator('dialog.keys[open]').waitFor();
  await session.shot('keys');
  await page.keyboard.press('Escape');
  await page.locator('dialog.keys').waitFor({ state: 'detached' });
});

test('a brush over the heat map selects time and duration, in the address too', async () => {
  const { page } = session;
  await openList();
  const box = (await page.locator('.heatmap canvas').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 80, { steps: 4 });
  assert.match(await page.locator('.heatmap .tip').innerText(), /\d+ requests?/);
  await session.shot('explorer-brush');
  await page.mouse.up();
  await page.waitForFunction(() => new URLSearchParams(location.search).has('sel'));
  await page.locator('.toolbar', { hasText: 'selected' }).waitFor();
  const address = page.url();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('sel'));
  await page.goBack();
  assert.equal(page.url(), address);
});

test('the brush works under the keyboard: arrows, Shift, Enter, and the selection is in the address', async () => {
  const { page } = session;
  await openList();
  await page.locator('.heatmap canvas').focus();
  await page.keyboard.press('ArrowLeft');
  const tip = page.locator('.heatmap .tip');
  assert.match(await tip.innerText(), /\d+ requests?/);
  const selected = await page.locator('a.rt-row[aria-selected=true]').count();
  for (const key of ['Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowUp', 'Shift+ArrowUp']) await page.keyboard.press(key);
  assert.equal(await page.locator('a.rt-row[aria-selected=true]').count(), selected, 'the list does not move with it');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => new URLSearchParams(location.search).has('sel'));
  await page.locator('.toolbar', { hasText: 'selected' }).waitFor();
});

test('the legend says what shades and red marks mean', async () => {
  await openList();
  assert.match(await session.page.locator('.heat-legend').innerText(), /requests in a cell[\s\S]*failed/);
});

test('each exchange stands once; both ends, or one, are a click away and in the address', async () => {
  const { page } = session;
  await openList();
  const choose = async (name: string): Promise<void> => {
    await page.getByRole('group', { name: 'Seen at' }).getByRole('button', { name }).click();
    await page.waitForFunction((ends) => new URLSearchParams(location.search).get('ends') === ends, name);
    // What was there stays until the answer is here.
    await page.waitForFunction((role) => {
      const rows = [...document.querySelectorAll('a.rt-row')];
      return rows.length > 0 && rows.every((row) => row.textContent?.includes(`measured at the ${role}`));
    }, name);
  };
  await choose('client');
  await choose('server');
  await page.goBack();
  assert.equal(params().get('ends'), 'client');
  await openList(`/requests?filter=${encodeURIComponent('role:server')}`);
  assert.equal(await page.getByRole('group', { name: 'Seen at' }).count(), 0, 'the filter says it');
});

test('what a brush selects is what the heat map counted there', { skip }, async () => {
  const { page } = session;
  const to = Date.now() - 60_000;
  await openList(`/requests?from=${to - 300_000}&to=${to}`);
  const box = (await page.locator('.heatmap canvas').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 100, { steps: 4 });
  const counted = /^([\d,]+) request/.exec(await page.locator('.heatmap .tip').innerText())![1];
  await page.mouse.up();
  await page.waitForFunction((count) => document.querySelector('.toolbar .count')?.textContent?.startsWith(`${count} `), counted);
});

test('double click on the heat map zooms, Back zooms out', async () => {
  const { page } = session;
  await openList();
  const box = (await page.locator('.heatmap canvas').boundingBox())!;
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 60);
  await page.waitForFunction(() => new URLSearchParams(location.search).has('from'));
  await page.goBack();
  assert.equal(params().has('from'), false);
});

test('columns sort, in the address', async () => {
  const { page } = session;
  await openList();
  await page.getByRole('columnheader', { name: 'Duration' }).getByRole('button').click();
  await page.waitForFunction(() => new URLSearchParams(location.search).get('sort') === '-duration');
  await page.locator('[aria-sort=descending]', { hasText: 'Duration' }).waitFor();
});

test('new requests wait until they are asked for; what is read does not move', { skip }, async () => {
  const { page, fixture } = session;
  await openList();
  const first = await page.locator(FIRST_ROW).getAttribute('href');
  await page.waitForFunction(() => document.querySelector('.live')?.textContent?.includes('/s'));
  fixture!.visit();
  const button = page.locator('.new-rows');
  await button.waitFor();
  assert.match(await button.innerText(), /^\d+ new$/);
  assert.equal(await page.locator(FIRST_ROW).getAttribute('href'), first);
  await page.keyboard.press('n');
  await page.waitForFunction((old) => document.querySelector('a.rt-row')?.getAttribute('href') !== old, first);
  await button.waitFor({ state: 'detached' });
});

test('with follow on and the list at its top, rows come by themselves', { skip }, async () => {
  const { page, fixture } = session;
  await openList('/requests?follow=1');
  await page.waitForFunction(() => document.querySelector('.live')?.textContent?.includes('/s'));
  const first = await page.locator(FIRST_ROW).getAttribute('href');
  fixture!.visit();
  await page.waitForFunction((old) => document.querySelector('a.rt-row')?.getAttribute('href') !== old, first);
  await page.locator('.rt-scroll').evaluate((element) => { element.scrollTop = 500; });
  await page.waitForTimeout(100);
  const shown = await page.locator('.rt-scroll').evaluate((element) => element.scrollTop);
  fixture!.visit();
  await page.waitForTimeout(500);
  assert.equal(await page.locator('.rt-scroll').evaluate((element) => element.scrollTop), shown);
});

test('the theme switch overrides the system and lasts', async () => {
  const { page } = session;
  await openList();
  await page.locator('button.theme').click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.locator('button.theme').click();
  await page.locator('button.theme').click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
});

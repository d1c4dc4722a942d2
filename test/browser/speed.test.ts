/** How long the page itself needs from an action to the new picture, with 1,000 rows. The API's share is measured elsewhere. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { openBrowser, type Session } from './browser.js';

/** The filter box applies what was typed when nothing more came for so long (ui/components/filter-box.tsx). */
const TYPING_PAUSE_MS = 250;
/** Medians: other work on the machine delays single ones. */
const ROUNDS = 5;
let session: Session;
before(async () => { session = await openBrowser(); });
after(() => session.close());

/** Runs `action` in the page and waits until `done` holds and was painted, without polling from outside. */
async function millis(action: string, done: string): Promise<number> {
  return session.page.evaluate(`new Promise((resolve) => {
    const start = performance.now();
    const check = () => (${done}) ? requestAnimationFrame(() => resolve(performance.now() - start)) : requestAnimationFrame(check);
    ${action};
    check();
  })`);
}

async function median(times: number, run: () => Promise<number>): Promise<number> {
  const taken = [];
  for (let i = 0; i < times; i++) taken.push(await run());
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)];
}

async function load1000(): Promise<void> {
  const { page, base } = session;
  await page.goto(`${base}/requests`);
  await page.locator('a.rt-row').first().waitFor();
  const deadline = Date.now() + 10_000;
  while (Number(await page.locator('.rt').getAttribute('aria-rowcount')) < 1_000 && Date.now() < deadline) {
    await page.locator('.rt-scroll').evaluate((element) => { element.scrollTop = element.scrollHeight; });
    await page.waitForTimeout(50);
  }
}

/** Word complete to rows of it; what the box waits for more to be typed is part of it, and taken off: it is chosen, not needed. */
async function typeFilter(protocol: string): Promise<number> {
  const { page } = session;
  await page.locator('#filter').fill('');
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('filter') && document.querySelector('a.rt-row'));
  await page.waitForTimeout(300);
  const taken = await millis(`const box = document.getElementById('filter'); box.focus();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, 'protocol:${protocol}'); box.dispatchEvent(new Event('input', { bubbles: true }))`,
  `(() => { const rows = [...document.querySelectorAll('a.rt-row')]; return rows.length > 0 && new URLSearchParams(location.search).get('filter') === 'protocol:${protocol}' && rows.every((row) => row.children[2].textContent === '${protocol}'); })()`);
  await page.locator('#filter').fill('');
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('filter'));
  await page.locator('#filter').blur();
  return taken - TYPING_PAUSE_MS;
}

test('moving in a list of 1,000 rows, sorting, filtering and opening come to the right picture; how soon is told', async (t) => {
  const { page } = session;
  await load1000();
  const rows = Number(await page.locator('.rt').getAttribute('aria-rowcount'));
  const figures: Record<string, number> = {};
  const key = (name: string): string => `dispatchEvent(new KeyboardEvent('keydown', { key: '${name}', bubbles: true }))`;
  await page.keyboard.press('Home');
  await page.locator('a.rt-row[aria-selected=true]').waitFor();
  figures['next row'] = await median(9, () => millis(`window.before = document.querySelector('a.rt-row[aria-selected=true]').href; ${key('j')}`, `document.querySelector('a.rt-row[aria-selected=true]')?.href !== window.before`));
  figures['to the end'] = await millis(key('End'), `document.querySelector('a.rt-row[aria-selected=true]')?.id === 'row-' + (document.querySelector('.rt').ariaRowCount - 1) || document.querySelector('.rt-scroll').scrollTop > 20000`);
  const rounds: Record<string, number[]> = { filter: [], sort: [], open: [], back: [], overview: [], requests: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.filter.push(await typeFilter(round % 2 === 0 ? 'http' : 'redis'));
    const column = round % 2 === 0 ? 'Duration' : 'Size';
    rounds.sort.push(await millis(`[...document.querySelectorAll('.rt-head button')].find((b) => b.textContent.startsWith('${column}')).click()`, `document.querySelector('[aria-sort=descending]')?.textContent.startsWith('${column}') && document.querySelector('a.rt-row')`));
    rounds.open.push(await millis(`document.querySelector('a.rt-row').click()`, `document.querySelector('.wf-row')`));
    rounds.back.push(await millis('history.back()', `document.querySelector('a.rt-row')`));
    rounds.overview.push(await millis(`${key('g')}; ${key('o')}`, `document.querySelector('table.services tbody tr')`));
    rounds.requests.push(await millis(`${key('g')}; ${key('r')}`, `document.querySelector('a.rt-row')`));
  }
  for (const [name, taken] of Object.entries(rounds)) figures[name] = taken.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
  for (const [name, ms] of Object.entries(figures)) t.diagnostic(`${name}: ${ms.toFixed(0)} ms (${rows} rows)`);
  assert.ok(rows >= 1_000);
});

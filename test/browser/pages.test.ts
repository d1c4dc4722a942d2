/** Every page in both themes and at both sizes: it shows what it is for, fits, is readable, and nothing complains. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Overview, RequestList } from '../../src/server/api.js';
import { lowContrast } from './contrast.js';
import { openBrowser, type Session } from './browser.js';

let session: Session;
let views: Array<{ name: string; path: string; shows: string }>;

before(async () => {
  session = await openBrowser();
  const overview = await (await fetch(`${session.base}/api/overview`)).json() as Overview;
  const list = await (await fetch(`${session.base}/api/requests?sort=-duration&limit=1&filter=role:server`)).json() as RequestList;
  assert.ok(overview.services.length > 0 && list.rows.length > 0, 'there is traffic to look at');
  views = [
    { name: 'overview', path: '/', shows: 'table.services tbody tr' },
    { name: 'requests', path: '/requests', shows: 'a.rt-row' },
    { name: 'requests-grouped', path: '/requests?group=endpoint', shows: '.groups tbody tr' },
    { name: 'request', path: `/requests/${list.rows[0].id}`, shows: '.wf-row' },
    { name: 'service', path: `/services/${encodeURIComponent(overview.services[0].service)}`, shows: '.chart canvas' },
    { name: 'agent', path: '/agent', shows: '.facts' },
  ];
});
after(() => session.close());

for (const size of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`all pages fit ${size.width} px in ${colorScheme} and are readable`, async () => {
      const { page, base, complaints } = session;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      for (const { name, path, shows } of views) {
        await page.goto(base + path);
        await page.locator(shows).first().waitFor();
        const overflow = await page.evaluate(() => {
          const main = document.querySelector('main')!;
          return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
        });
        assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`);
        assert.deepEqual(await page.evaluate(lowContrast), [], `${name}: contrast`);
        await page.waitForTimeout(300);
        await session.shot(`${name}-${size.width}-${colorScheme}`);
      }
      assert.deepEqual(complaints, []);
    });
  }
}

test('each page has one main landmark, a title, and names for its controls', async () => {
  const { page, base } = session;
  for (const { name, path, shows } of views) {
    await page.goto(base + path);
    await page.locator(shows).first().waitFor();
    assert.equal(await page.locator('main').count(), 1, name);
    assert.match(await page.title(), /Kindling$/, name);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, a, canvas')]
        .filter((e) => !(e.textContent?.trim() || e.getAttribute('aria-label') || e.getAttribute('title') || e.closest('label') || e.closest('[role=img]')))
        .map((e) => e.outerHTML.slice(0, 120)));
    assert.deepEqual(nameless, [], name);
  }
});

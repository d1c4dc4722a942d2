/** What the page says when not all is well: the agent starting, gone and back, without store, with a full disk, with losses. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startFixture, type Fixture, type FixtureOptions } from '../ui/fixture-server.js';
import { freePort } from '../servers/index.js';
import { openBrowser, type Session } from './browser.js';

let session: Session;
before(async () => { session = await openBrowser(undefined, 'none'); });
after(() => session.close());

async function withFixture(options: FixtureOptions, run: (base: string, fixture: Fixture) => Promise<void>): Promise<void> {
  const fixture = await startFixture({ visits: 200, ...options });
  try {
    await run(fixture.server.url.replace(/\/$/, ''), fixture);
  } finally {
    await fixture.close();
  }
}

test('while the agent starts, the page says so', async () => {
  await withFixture({ visits: 0, trouble: { health: { state: 'starting', hooks: [] } } }, async (base) => {
    for (const path of ['/', '/requests']) {
      await session.page.goto(base + path);
      await session.page.locator('.empty', { hasText: 'Kindling is starting' }).waitFor();
    }
    await session.shot('state-starting');
  });
});

test('an agent that goes away is said, what was read stays, and the page goes on when it is back', async () => {
  const { page } = session;
  const port = await freePort();
  await withFixture({ port }, async (base, fixture) => {
    await page.goto(`${base}/requests`);
    await page.locator('a.rt-row').first().waitFor();
    await page.waitForFunction(() => document.querySelector('.live')?.textContent?.includes('/s'));
    await fixture.close();
    await page.locator('.live', { hasText: 'connection lost' }).waitFor();
    await page.getByRole('alert').first().waitFor();
    // Several tries later nothing has moved or gone.
    const places = new Set<string>();
    for (let look = 0; look < 30; look++) {
      places.add(await page.evaluate(() => `${document.querySelector('.rt')?.getBoundingClientRect().top} ${document.querySelectorAll('a.rt-row').length > 0}`));
      await page.waitForTimeout(150);
    }
    assert.equal(places.size, 1, `the list stays where it is: ${[...places].join('; ')}`);
    await session.shot('state-gone');
  });
  await withFixture({ port }, async () => {
    await page.waitForFunction(() => document.querySelector('.live')?.textContent?.includes('/s') && !document.querySelector('[role=alert]'), undefined, { timeout: 15_000 });
  });
});

test('without a store the page says what is missing and why', async () => {
  await withFixture({ trouble: { noStore: true, health: { store: null } } }, async (base) => {
    await session.page.goto(base);
    await session.page.getByRole('alert').first().waitFor();
    assert.match(await session.page.getByRole('alert').first().innerText(), /store/i);
    await session.shot('state-no-store');
    await session.page.goto(`${base}/agent`);
    await session.page.getByText('No store is in use').waitFor();
  });
});

test('a full disk and losses are said above every page, and on the agent page in full', async () => {
  const note = 'The disk is full: the oldest data are dropped, new requests wait in the spool.';
  const store = { state: 'degraded', message: note, engine: 'chDB', directory: '/var/lib/kindling', rows: 1e6, bytes: 9.9e9, oldestMs: Date.now() - 3_600_000, diskBudgetBytes: 10e9, spoolBatches: 40, spoolBytes: 9e6, keptPerSecond: 0, budgetPerSecond: 2_000, droppedBatches: 3 } as const;
  await withFixture({ trouble: { lost: 1_234, notes: [note], health: { store } } }, async (base) => {
    for (const path of ['/', '/requests', '/agent']) {
      await session.page.goto(base + path);
      await session.page.locator('.loss-line', { hasText: '1,234 events lost' }).waitFor();
      assert.match(await session.page.locator('.loss-line').innerText(), /disk is full/);
    }
    await session.page.locator('.facts', { hasText: '3 batches' }).waitFor();
    await session.shot('state-trouble');
  });
});

test('a time without traffic says what to check', async () => {
  await withFixture({ visits: 0 }, async (base) => {
    await session.page.goto(base);
    await session.page.locator('.empty', { hasText: 'kindling doctor' }).waitFor();
    await session.shot('state-empty');
  });
});

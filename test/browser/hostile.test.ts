/** What came off the wire is only ever text. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { SCRIPT } from '../ui/hostile.js';
import { external, openBrowser, type Session } from './browser.js';

const skip = external ? 'needs the made-up requests' : false;
let session: Session;
before(async () => { if (!skip) session = await openBrowser(); });
after(() => session?.close());

async function assertUntouched(): Promise<void> {
  const { page, complaints } = session;
  assert.equal(await page.evaluate(() => (window as { pwned?: number }).pwned), undefined);
  assert.equal(await page.locator('main script, main img, main iframe').count(), 0);
  assert.deepEqual(complaints, []);
}

test('markup in resources, errors, headers and payloads is shown, not run', { skip }, async () => {
  const { page, base } = session;
  await page.goto(`${base}/requests/bad1000000000000`);
  await page.locator('.wire-block').first().waitFor();
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(SCRIPT), 'the markup is readable as it was sent');
  assert.equal(text.split(SCRIPT).length - 1 >= 4, true);
  await assertUntouched();
  await session.shot('hostile-request');
  await page.goto(`${base}/requests?filter=service:hostile`);
  await page.locator('a.rt-row').first().waitFor();
  await assertUntouched();
  await session.shot('hostile-list');
});

test('control characters and direction overrides are shown as signs', { skip }, async () => {
  const { page, base } = session;
  for (const id of ['bad1000000000000', 'bad2000000000000', 'bad3000000000000']) {
    await page.goto(`${base}/requests/${id}`);
    await page.locator('.facts').waitFor();
    const raw = await page.evaluate(() => document.querySelector('main')!.textContent!);
    assert.doesNotMatch(raw, /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/, id);
    await assertUntouched();
  }
  await page.goto(`${base}/requests/bad2000000000000`);
  assert.match(await page.locator('h1').innerText(), /invoiceU\+202Egpj\.exe/);
});

test('bytes that are no text come as hex, and the total size is said when they were cut', { skip }, async () => {
  const { page, base } = session;
  await page.goto(`${base}/requests/bad2000000000000`);
  const response = page.locator('section[aria-label=Response]');
  await response.getByRole('button', { name: 'hex' }).click();
  assert.match(await response.locator('.hex').innerText(), /0010\s+10 11 12/);
  await page.goto(`${base}/requests/bad1000000000000`);
  assert.match(await page.locator('section[aria-label=Request] .payload-head').innerText(), /first .* of 99\s*kB/);
});

test('a hostile address changes nothing', { skip }, async () => {
  const { page, base } = session;
  for (const path of [`/requests?filter=${encodeURIComponent(`"${SCRIPT}"`)}&sel=${encodeURIComponent(SCRIPT)}&group=${encodeURIComponent(SCRIPT)}&range=__proto__`, `/services/${encodeURIComponent(SCRIPT)}`, '/requests/%3Cscript%3E']) {
    await page.goto(base + path);
    await page.locator('.bar').waitFor();
    await page.waitForTimeout(200);
    await assertUntouched();
  }
});

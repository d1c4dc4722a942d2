/** A profile saved as one file: opened from a folder it shows the same, asks no network, and its data can do nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { toProfilePage } from '../../src/export/profile-page.js';
import { HOSTILE, sampleProfile } from '../../src/export/testing/sample-profile.js';
import type { Profile } from '../../src/server/api.js';
import { external, openBrowser, type Session } from './browser.js';

const skip = external ? 'needs made-up profiles' : false;
let session: Session;
const folder = mkdtempSync(join(tmpdir(), 'kindling-profile-file-'));
before(async () => { if (!skip) session = await openBrowser(); });
after(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
});

const NASTY = '</script><script>window.broken=1</script><img src=x onerror="window.broken=1"><!--<script>';

function saved(profile: Profile | null): string {
  const template = readFileSync('dist/ui/profile-file.html', 'utf8');
  const text = profile === null ? template : toProfilePage(template, profile);
  assert.ok(text, 'the template has a place for the data');
  const path = join(folder, 'profile.html');
  writeFileSync(path, text);
  return `file://${path}`;
}

test('a saved profile opens from disk without any network: verdict, ledger, threads; zoom and selection stand in its address', { skip }, async () => {
  const { page, fixture, complaints } = session;
  const profile = [...fixture!.profiles.byId.values()].find((one) => one.verdict.includes('waited for lock'))!;
  const asked: string[] = [];
  page.on('request', (request) => { if (!request.url().startsWith('file:')) asked.push(request.url()); });
  await page.goto(saved({ ...profile, logs: [{ ns: 1, pid: 1, tid: 1, target: 'stdout', text: NASTY, cut: false }], threads: profile.threads.map((one) => ({ ...one, name: one.executed ? NASTY : one.name })) }));
  assert.match(await page.locator('.sentence').innerText(), /waited for lock/);
  const canvas = page.locator('.tl-scroll canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  await page.mouse.click(box.x + 208 + (box.width - 216) / 2, box.y + box.height / 2);
  await page.locator('.slice-details').waitFor();
  assert.match(page.url(), /#.*slice=/);
  await page.reload();
  await page.locator('.slice-details').waitFor();
  await session.shot('profile-file');
  assert.equal(await page.evaluate('window.broken'), undefined);
  assert.deepEqual(asked, []);
  assert.deepEqual(complaints, []);
});

test('whatever names, lines and paths hold, all of the page is text without controls and direction overrides', { skip }, async () => {
  const { page, complaints } = session;
  const profile = sampleProfile(`${HOSTILE}\u001b[31m\u0007`);
  profile.operations = (['file', 'network'] as const).map((kind) => ({ startNs: 30e6, endNs: 60e6, pid: 10, tid: 11, kind, syscall: 'read', object: `/srv/${HOSTILE}\u001b[2J`, result: 1 }));
  const address = saved(profile);
  for (const tab of ['path', 'flame', 'logs', 'files', 'peers']) {
    // Only another page is loaded anew.
    await page.goto('about:blank');
    await page.goto(`${address}#tab=${tab}&slice=11:1`);
    await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
    const shown = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll('[title],[aria-label]')].map((one) => `${one.getAttribute('title')} ${one.getAttribute('aria-label')}`).join(' '));
    assert.doesNotMatch(shown, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/, tab);
    assert.equal(await page.locator('#root script, #root img').count(), 0);
  }
  assert.deepEqual(complaints, []);
});

test('a file without data says how to save it again', { skip }, async () => {
  const { page } = session;
  await page.goto(saved(null));
  assert.match(await page.locator('.empty').innerText(), /no profile in this file/);
});

// The pictures of the documentation, taken from the real demo with Debian's Chromium:
//
//   node scripts/screenshots.mjs [--url http://127.0.0.1:9500] [--seconds 240]
//
// Without --url it starts the demo itself (as root, built before) and lets it run for that long first.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const FOLDER = 'docs/images';
const MOST_BYTES = 200_000;
const WIDTH = 1280;
/** Rows cost bytes: heights keep each picture below the limit. */
const HEIGHTS = { overview: 620, requests: 540, request: 720, profile: 820, profiles: 560, agent: 720 };
/** Of what the shop does wrong on purpose: checkouts that wait for a row lock show all stages and calls. */
const DETAIL = { service: 'shop', endpoint: '/checkout', verdict: /waited for a (row )?lock/ };

const { values } = parseArgs({ options: { url: { type: 'string' }, seconds: { type: 'string', default: '240' } } });
const demo = values.url === undefined ? await startDemo(Number(values.seconds)) : null;
const base = (values.url ?? demo.url).replace(/\/$/, '');
try {
  await takePictures();
} finally {
  await demo?.stop();
}

async function takePictures() {
  mkdirSync(FOLDER, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'kindling-screenshots-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.KINDLING_CHROMIUM ?? '/usr/bin/chromium', headless: true, colorScheme: 'light', reducedMotion: 'reduce',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const to = Date.now();
    const range = `from=${to - Number(values.seconds) * 1000}&to=${to}`;
    await picture(page, 'overview', `/?${range}`, 'table.services');
    await picture(page, 'requests', `/requests?${range}`, '[role=table][aria-label=Requests]');
    await picture(page, 'request', `/requests/${await requestToShow()}`, '[aria-label=Waterfall]');
    await picture(page, 'profile', `/requests/${await profileToShow()}?tab=flame&of=all`, '.fl-scroll canvas');
    await picture(page, 'profiles', '/profiles', 'table.profiles');
    await picture(page, 'agent', '/agent', 'figure.chart');
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function picture(page, name, path, ready) {
  await page.setViewportSize({ width: WIDTH, height: HEIGHTS[name] });
  await page.goto(base + path);
  await page.waitForSelector(ready, { timeout: 15_000 });
  if (name === 'profile') await page.locator('.timeline').evaluate((one) => one.scrollIntoView());
  // Charts are drawn a frame after their data.
  await delay(1500);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  process.stdout.write(`${file} ${Math.round(size / 1000)} kB\n`);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes; ${MOST_BYTES} are the most`);
}

async function requestToShow() {
  const list = await (await fetch(`${base}/api/profiles?limit=500`)).json();
  const shown = list.find(({ service, endpoint, verdict }) => service === DETAIL.service && endpoint === DETAIL.endpoint && DETAIL.verdict.test(verdict));
  if (shown === undefined) throw new Error(`no profile of ${DETAIL.service} ${DETAIL.endpoint} waited for a lock: let the demo run longer`);
  return shown.id;
}

/** One in which several threads and CPU samples are to be seen. */
async function profileToShow() {
  const list = await (await fetch(`${base}/api/profiles?limit=100`)).json();
  for (const { id, service } of list) {
    if (service !== 'shop') continue;
    const { stacks, path } = await (await fetch(`${base}/api/requests/${id}/profile`)).json();
    if (stacks.samples.length >= 20 && path.some((segment) => segment.inside?.length > 0)) return id;
  }
  throw new Error('no profile of the shop has both samples and a traced peer: let the demo run longer');
}

async function startDemo(seconds) {
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/demo/run.js', '--port', String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => { child.kill('SIGTERM'); await ended; };
  try {
    const waited = await Promise.race([untilSeen(url, seconds), ended.then(() => null)]);
    if (waited === null) throw new Error('the demo ended; run `npm run demo` to see why');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** Until the agent answers, and for `seconds` of load after that. */
async function untilSeen(url, seconds) {
  for (let tries = 0; tries < 120; tries++) {
    await delay(500);
    if (!await fetch(`${url}/api/agent`).then((answer) => answer.ok, () => false)) continue;
    await delay(seconds * 1000);
    return true;
  }
  throw new Error(`no answer from ${url}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Chromium over the page. Against made-up data of its own, or, with KINDLING_BROWSER_BASE, against a running agent.
 * Screenshots go to artifacts/.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { startFixture, type Fixture } from '../ui/fixture-server.js';

const ARTIFACTS = 'artifacts';

/** Set: the tests that need the made-up data are left out. */
export const external = process.env.KINDLING_BROWSER_BASE ?? null;

export interface Session {
  base: string;
  fixture: Fixture | null;
  page: Page;
  /** Errors of the page's own code and of the content security policy; not those the API answered, which the page shows. */
  complaints: string[];
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** @param running address of a running page in place of both; 'none' when the test starts servers itself */
export async function openBrowser(size = { width: 1280, height: 800 }, running: string | null = external): Promise<Session> {
  const fixture = running ? null : await startFixture();
  const base = running ?? fixture!.server.url.replace(/\/$/, '');
  const profile = mkdtempSync(join(tmpdir(), 'kindling-chromium-'));
  let context: BrowserContext;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.KINDLING_CHROMIUM ?? '/usr/bin/chromium', headless: true, viewport: size, colorScheme: 'light', reducedMotion: 'reduce',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  } catch (error) {
    await fixture?.close();
    throw new Error(`Chromium does not start (KINDLING_CHROMIUM names another one): ${(error as Error).message}`);
  }
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(25_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error' && !/Failed to load resource|EventSource's response/.test(message.text())) complaints.push(message.text()); });
  mkdirSync(ARTIFACTS, { recursive: true });
  return {
    base, fixture, page, complaints,
    shot: async (name) => { await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) }); },
    close: async () => {
      await context.close();
      await fixture?.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

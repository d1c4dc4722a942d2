/** npm run demo: shop, load and agent, started in this order, watched, and all of it removed at the end. */
import type { Overview, ProfileSummary } from '../src/server/api.js';
import { Workspace } from '../test/servers/index.js';
import { startAgent, type RunningAgent } from './agent.js';
import { LatestTrouble } from './live-events.js';
import { startLoad, type RunningLoad } from './load-client.js';
import { readOptions, usage, UsageError, type DemoOptions } from './options.js';
import { choosePagePort } from './page-port.js';
import { startShop } from './shop.js';
import { distinct, drawPicture } from './summary.js';
import { Terminal } from './terminal.js';

/** The services table shows this much of the past; the first seconds, before there is load, would thin out its rates. */
const windowMs = 30_000;

async function runDemo(options: DemoOptions, terminal: Terminal, stopAsked: Promise<null>): Promise<void> {
  const startedMs = Date.now();
  const progress = (text: string) => terminal.say(`[demo ${((Date.now() - startedMs) / 1000).toFixed(1).padStart(4)} s] ${text}`);
  const page = options.withAgent ? await choosePagePort(options.port) : null;
  if (page?.note) progress(page.note);

  await using workspace = await Workspace.create('demo');
  // Tools first beside the shop: only the shop's own group is traced.
  const tools = workspace.cgroup.child('tools');
  const shopGroup = workspace.cgroup.child('shop');
  const interrupted = stopAsked.then(() => { throw new Interrupted(); });
  const shop = await Promise.race([startShop({ directory: workspace.directory, cgroup: shopGroup }, progress), interrupted]);

  let agent: RunningAgent | null = null;
  if (page) {
    progress('starting the agent');
    agent = await Promise.race([startAgent({ shop: shopGroup, cgroup: tools, directory: workspace.directory, port: page.port }), interrupted]);
  }
  const load = startLoad(shop.url, options.ratePerSecond, tools);
  progress(`the shop answers on ${shop.url}`);
  if (agent) progress(`the page is on ${agent.url}`);

  const somethingEnded = Promise.race([
    ...shop.servers.map(async (server) => `${server.name}: it ${await server.ended}`),
    load.ended.then((why) => `the load generator: ${why}`),
    ...(agent ? [agent.ended.then((why) => `the agent: ${why}`)] : []),
  ]);
  const trouble = await showUntil(Promise.race([stopAsked, timeIsUp(options.seconds), somethingEnded]), agent, load, terminal);
  progress('stopping');
  load.stop();
  await agent?.stop();
  if (trouble !== null) throw new Error(`stopped early: ${trouble}`);
  const { sent, answered, failed } = load.totals;
  terminal.say(`${sent} requests sent, ${answered} answered, ${failed} without an answer`);
}

/** Draws the picture until `end` resolves, and returns what that says. */
async function showUntil(end: Promise<string | null>, agent: RunningAgent | null, load: RunningLoad, terminal: Terminal): Promise<string | null> {
  const latest = agent ? new LatestTrouble(agent.url) : null;
  void latest?.follow();
  const loadSinceMs = Date.now();
  const draw = async () => {
    const to = Date.now();
    const [overview, profiles] = agent === null ? [null, null] : await Promise.all([
      ask<Overview>(`${agent.url}/api/overview?from=${Math.max(loadSinceMs, to - windowMs)}&to=${to}`),
      ask<ProfileSummary[]>(`${agent.url}/api/profiles?limit=200`),
    ]);
    terminal.draw(drawPicture({ pageUrl: agent?.url ?? null, load: load.totals, overview, trouble: latest?.rows ?? [], why: distinct((profiles ?? []).filter(({ pending }) => !pending)) }));
  };
  const timer = setInterval(() => { void draw(); }, terminal.periodMs);
  try {
    return await end;
  } finally {
    clearInterval(timer);
    latest?.close();
  }
}

/** Null while the agent does not answer. */
async function ask<T>(url: string): Promise<T | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return response.ok ? (await response.json() as T) : null;
  } catch {
    return null;
  }
}

function timeIsUp(seconds: number | null): Promise<null> {
  return new Promise((resolve) => {
    if (seconds !== null) setTimeout(() => resolve(null), seconds * 1000).unref();
  });
}

class Interrupted extends Error {}

function stopSignal(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(null));
  });
}

async function main(): Promise<number> {
  const terminal = new Terminal(process.stdout);
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    await runDemo(options, terminal, stopSignal());
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return 0;
    process.stderr.write(`error: ${(error as Error).message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exit(await main());

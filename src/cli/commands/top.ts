import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { parseDurationMs } from '../../config/units.js';
import { KindlingError } from '../../errors/index.js';
import type { Causes, Overview } from '../../server/api.js';
import { agentAddressOf } from '../agent-address.js';
import { callAgent, type AgentAddress } from '../api-client.js';
import { addConfigOptions } from '../config-options.js';
import { withExamples } from '../examples.js';
import { paintFor, widthOf } from '../terminal.js';
import { topText, type Top } from '../top-text.js';

interface TopFlags { last: string; once?: boolean; json?: boolean; url?: string }

const REFRESH_MS = 2_000;
/** Home, and what is behind the end: nothing flickers. */
const [HOME, CLEAR_LINE, CLEAR_BELOW, SCREEN, SCREEN_BACK] = ['\x1b[H', '\x1b[K', '\x1b[J', '\x1b[?1049h', '\x1b[?1049l'];

export function topCommand(): Command {
  const command = new Command('top')
    .summary('Where time is lost: by cause, service, endpoint')
    .description('What the time of slow requests went to over the last minutes, by cause, service and endpoint, and the locks, peers, files and functions that took most. Of a running agent whose flight recorder is on; in a terminal it goes on until Ctrl-C.')
    .option('--last <duration>', 'Requests of this time.', '5m')
    .option('--once', 'Once, not again and again.')
    .option('--json', 'Once, as JSON: the answers of /api/causes and /api/overview.')
    .option('--url <url>', 'The running agent (default: the address of the configuration, http://127.0.0.1:9500/).')
    .action((flags: TopFlags, self: Command) => top(flags, self));
  return withExamples(addConfigOptions(command, ['listen', 'token']), [
    ['kindling top', 'What is slow right now, and why.'],
    ['kindling top --once --last 1h', 'The last hour, to paste somewhere.'],
    ["kindling top --json | jq '.causes.locks[0]'", 'For a script.'],
  ]);
}

async function top(flags: TopFlags, self: Command): Promise<void> {
  const lastMs = parseDurationMs(flags.last);
  if (lastMs === null) {
    throw new KindlingError('OPTION_INVALID', {
      key: '--last', source: 'the command line', value: `"${flags.last}"`, reason: 'not a duration', expected: 'a duration', example: '5m',
    });
  }
  const agent = agentAddressOf(self);
  const first = await read(agent, lastMs);
  if (flags.json) process.stdout.write(`${JSON.stringify({ causes: first.causes, overview: first.overview })}\n`);
  else if (flags.once || !process.stdout.isTTY) process.stdout.write(topText(first, widthOf(process.stdout), paintFor(process.stdout)));
  else await refresh(first, () => read(agent, lastMs));
}

async function read(agent: AgentAddress, lastMs: number): Promise<Top> {
  const to = Date.now();
  const query = new URLSearchParams({ from: String(to - lastMs), to: String(to) });
  const [causes, overview] = await Promise.all([
    callAgent(agent, `/api/causes?${query}`).then((response) => response.json() as Promise<Causes>),
    callAgent(agent, `/api/overview?${query}`).then((response) => response.json() as Promise<Overview>),
  ]);
  return { causes, overview, lastMs, url: agent.url };
}

/** On the terminal's second screen: what stood there is back at the end. */
async function refresh(first: Top, next: () => Promise<Top>): Promise<void> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
  process.stdout.write(SCREEN);
  let shown = first;
  try {
    while (!abort.signal.aborted) {
      const rows = (process.stdout.rows ?? 40) - 1;
      const lines = topText(shown, widthOf(process.stdout), paintFor(process.stdout)).split('\n').slice(0, rows);
      process.stdout.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\n')}${CLEAR_BELOW}`);
      await sleep(REFRESH_MS, undefined, { signal: abort.signal }).catch(() => undefined);
      if (!abort.signal.aborted) shown = await next();
    }
  } finally {
    process.stdout.write(SCREEN_BACK);
  }
}

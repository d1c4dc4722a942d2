import { Command, Option } from 'commander';
import { startAgent } from '../../agent/agent.js';
import { describeScope, scopeOf } from '../../agent/scope.js';
import { KindlingError } from '../../errors/index.js';
import type { LiveTick, RequestSummary } from '../../server/api.js';
import { agentAddressOf } from '../agent-address.js';
import { callAgent, serverSentEvents } from '../api-client.js';
import { addConfigOptions, CAPTURE_OPTIONS, configOf, positiveInteger, REQUEST_OPTIONS, SCOPE_OPTIONS } from '../config-options.js';
import { withExamples } from '../examples.js';
import { createLog } from '../log.js';
import { RequestPrinter, type PrinterOptions } from '../request-printer.js';
import { COLUMNS } from '../request-table.js';
import { untilStopped } from '../until-stopped.js';

interface WatchFlags extends PrinterOptions { url?: string }

export function watchCommand(): Command {
  const command = new Command('watch')
    .summary('Requests as they happen, like tail -f')
    .description('Requests as they happen, like tail -f: of a running agent, or of a scope of its own with --cgroup, --pid or --all.')
    .argument('[filter...]', 'Filter, as on the page: service:shop protocol:http status:500 >100ms error:yes')
    .option('--url <url>', 'The running agent (default: the address of the configuration, http://127.0.0.1:9500/).')
    .option('--columns <names>', `Columns, with commas: ${Object.keys(COLUMNS).join(', ')}.`)
    .option('-n, --lines <count>', 'End after so many requests.', positiveInteger)
    .addOption(new Option('--color <when>', 'Colours.').choices(['auto', 'always', 'never']).default('auto'))
    .option('--json', 'One request a line, as JSON.')
    .action((words: string[], flags: WatchFlags, self: Command) => watch(words.join(' '), flags, self));
  return withExamples(addConfigOptions(command, [...SCOPE_OPTIONS, 'listen', 'token', ...REQUEST_OPTIONS, ...CAPTURE_OPTIONS]), [
    ['kindling watch', 'Everything the running agent sees.'],
    ["kindling watch protocol:postgres '>20ms'", 'Slow statements.'],
    ['sudo kindling watch --pid 1234', 'One process, without an agent.'],
    ["kindling watch --json error:yes | jq -r .resource", 'For a script.'],
  ]);
}

async function watch(filter: string, flags: WatchFlags, self: Command): Promise<void> {
  const config = configOf(self);
  const printer = new RequestPrinter(process.stdout, flags);
  if (config.cgroups.length > 0 || config.pids.length > 0 || config.all) await watchOwn(filter, printer, self);
  else await watchRunning(filter, printer, self);
}

async function watchOwn(filter: string, printer: RequestPrinter, self: Command): Promise<void> {
  const config = { ...configOf(self), store: 'off' as const, detailBudget: Infinity };
  const scope = scopeOf(config, process.env);
  const agent = await startAgent({ config, scope, log: createLog('warn', process.stderr), serve: false });
  try {
    sayWatching(describeScope(scope));
    agent.live.subscribe(filter, { requests: (rows) => printer.print(rows), tick: ({ notes }) => printer.notes(notes) });
    await untilStopped(agent, printer.finished);
  } finally {
    await agent.stop();
  }
}

async function watchRunning(filter: string, printer: RequestPrinter, self: Command): Promise<void> {
  const abort = new AbortController();
  void printer.finished.then(() => abort.abort());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const agent = agentAddressOf(self);
  try {
    const response = await callAgent(agent, `/api/live?filter=${encodeURIComponent(filter)}`, abort.signal);
    sayWatching(agent.url);
    for await (const { event, data } of serverSentEvents(response)) {
      if (event === 'requests') printer.print(JSON.parse(data) as RequestSummary[]);
      else if (event === 'tick') printTick(JSON.parse(data) as LiveTick, printer);
    }
    if (!abort.signal.aborted) process.stderr.write('kindling: the agent ended\n');
  } catch (error) {
    if (abort.signal.aborted) return;
    if (error instanceof KindlingError) throw error;
    throw new KindlingError('AGENT_UNREACHABLE', { url: agent.url, reason: 'it ended in the middle of an answer' }, { cause: error });
  }
}

/** A quiet system shows nothing for long. */
function sayWatching(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`kindling watches ${what}; Ctrl-C ends it\n`);
}

function printTick({ dropped, notes }: LiveTick, printer: RequestPrinter): void {
  printer.dropped(dropped ?? 0);
  printer.notes(notes);
}

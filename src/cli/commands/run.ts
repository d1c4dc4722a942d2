import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { startAgent, type AgentOptions, type RunningAgent } from '../../agent/agent.js';
import type { Scope } from '../../agent/messages.js';
import type { Config } from '../../config/index.js';
import { KindlingError } from '../../errors/index.js';
import { checkKernel } from '../../kernel/hooks.js';
import { CommandProcess } from '../command-process.js';
import { addConfigOptions, AGENT_OPTIONS, configOf, givenFlags } from '../config-options.js';
import { withExamples } from '../examples.js';
import { createLog } from '../log.js';
import { createRunCgroup, removeRunCgroup } from '../run-cgroup.js';
import { runSummary, summaryText } from '../run-summary.js';
import { paintFor, widthOf } from '../terminal.js';
import { untilStopped } from '../until-stopped.js';

/** Each is two or three lines. */
const SHOWN_PROFILES = 5;

interface RunOptions { json?: boolean; stay?: boolean }

export function runCommand(): Command {
  const command = new Command('run')
    .summary('Start a command and trace it')
    .description('Start a command, trace it and everything it starts, and serve the page meanwhile. Ends with the command\'s exit code.')
    .argument('<command...>', 'The command and its arguments, after --.')
    .option('--json', 'Print a summary as one line of JSON on stdout when the command has ended.')
    .option('--stay', 'Keep the page open after the command has ended, until Ctrl-C.')
    .passThroughOptions()
    .action((words: string[], options: RunOptions, self: Command) => run(words, options, self));
  return withExamples(addConfigOptions(command, AGENT_OPTIONS), [
    ['sudo kindling run -- node server.js', 'Trace a server until it ends.'],
    ['sudo kindling run --stay -- npm test', 'Look at what the tests did, after they have ended.'],
    ['sudo kindling run --profile -- node server.js', 'At the end: the slowest requests, and why each was slow.'],
    ['sudo kindling run --json --store off -- ./batch.sh', 'A summary for a script.'],
  ]);
}

async function run(words: string[], options: RunOptions, self: Command): Promise<void> {
  const config = configOf(self);
  // Before the command is started: it would have to be killed again.
  checkKernel();
  const cgroup = createRunCgroup(process.pid);
  let folder: string | null = null;
  try {
    const child = new CommandProcess(words, cgroup);
    const scope: Scope = cgroup === null ? { kind: 'tree', pids: [child.pid] } : { kind: 'cgroup', paths: [cgroup] };
    if (ownFolderWanted(self)) config.storeDirectory = folder = mkdtempSync(join(tmpdir(), 'kindling-run-'));
    const agent = await startOrKill(child, { config, scope, log: createLog(quietLevel(config), process.stderr) }, givenFlags(self).listen !== undefined);
    process.exitCode = await follow(child, agent, words, options);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    if (cgroup !== null && !removeRunCgroup(cgroup)) process.stderr.write(`kindling: processes of the command still run in ${cgroup}\n`);
  }
}

/** The terminal is the command's: without being asked only what is wrong is said. */
function quietLevel(config: Config): Config['logLevel'] {
  return config.logLevel === 'info' ? 'warn' : config.logLevel;
}

/** A run's data go with it, unless it is told where to keep them. */
function ownFolderWanted(self: Command): boolean {
  return givenFlags(self).storeDirectory === undefined && !process.env.KINDLING_STORE_DIRECTORY && self.getOptionValue('config') === undefined;
}

async function startOrKill(child: CommandProcess, options: AgentOptions, addressGiven: boolean): Promise<RunningAgent> {
  try {
    return await startAnywhere(options, addressGiven);
  } catch (error) {
    child.signal('SIGKILL');
    await child.exited;
    throw error;
  }
}

/** Beside an agent that has the usual port, a run takes a free one. */
async function startAnywhere(options: AgentOptions, addressGiven: boolean): Promise<RunningAgent> {
  try {
    return await startAgent(options);
  } catch (error) {
    const busy = error instanceof KindlingError && error.code === 'KND-050';
    if (!busy || addressGiven) throw error;
    const config: Config = { ...options.config, listen: { ...options.config.listen, port: 0 } };
    return startAgent({ ...options, config });
  }
}

async function follow(child: CommandProcess, agent: RunningAgent, words: string[], options: RunOptions): Promise<number> {
  const startedMs = Date.now();
  const paint = paintFor(process.stderr);
  process.stderr.write(`${paint.bold('kindling')} traces this command: ${paint.cyan(agent.url ?? '')}\n`);
  // The terminal sends Ctrl-C to the command as well; what it does about it decides when this ends.
  const forward = (signal: NodeJS.Signals): void => child.signal(signal);
  process.on('SIGINT', ignore).on('SIGTERM', forward).on('SIGHUP', forward);
  child.open();
  const exitCode = await Promise.race([child.exited, agent.failed.then((error) => { child.signal('SIGTERM'); throw error; })]);
  process.removeListener('SIGINT', ignore).removeListener('SIGTERM', forward).removeListener('SIGHUP', forward);
  const durationMs = Date.now() - startedMs;
  if (options.stay) {
    process.stderr.write(`${paint.bold('kindling')}: the command ended (exit code ${exitCode}); the page stays until Ctrl-C: ${agent.url}\n`);
    await untilStopped(agent);
  }
  const slowest = await agent.slowest(SHOWN_PROFILES);
  await agent.stop();
  const summary = runSummary({ command: words, exitCode, durationMs, totals: agent.totals, health: agent.health(), slowest });
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stderr.write(summaryText(summary, widthOf(process.stderr), paint));
  return exitCode;
}

function ignore(): void {}

import { Command } from 'commander';
import { startAgent } from '../../agent/agent.js';
import { describeScope, scopeOf } from '../../agent/scope.js';
import { addConfigOptions, AGENT_OPTIONS, configOf, SCOPE_OPTIONS } from '../config-options.js';
import { withExamples } from '../examples.js';
import { createLog } from '../log.js';
import { untilStopped } from '../until-stopped.js';

interface AgentFlags { record?: string; json?: boolean }

export function agentCommand(): Command {
  const command = new Command('agent')
    .summary('Trace what already runs, serve the page')
    .description('Trace processes that already run, until it is stopped; serve the page, the API and /metrics.')
    .option('--record <file>', 'Write what the kernel delivers to this recording as well.')
    .option('--json', 'Print the address as one line of JSON on stdout when it is ready.')
    .action((flags: AgentFlags, self: Command) => runAgent(flags, self));
  return withExamples(addConfigOptions(command, [...SCOPE_OPTIONS, ...AGENT_OPTIONS]), [
    ['sudo kindling agent --cgroup /system.slice/nginx.service', 'One service.'],
    ['sudo kindling agent --pid 1234 --pid 1300', 'Two processes and what they start.'],
    ['sudo kindling agent --config /etc/kindling.yaml', 'As a service of this machine.'],
    ['sudo kindling agent --all --store off', 'Everything, for Prometheus only.'],
  ]);
}

async function runAgent(flags: AgentFlags, self: Command): Promise<void> {
  const config = configOf(self);
  const scope = scopeOf(config, process.env);
  const log = createLog(config.logLevel, process.stderr);
  const agent = await startAgent({ config, scope, log, recordTo: flags.record ?? null });
  try {
    const health = agent.health();
    if (flags.json) process.stdout.write(`${JSON.stringify({ url: agent.url, pid: process.pid, scope, version: health.version })}\n`);
    else process.stdout.write(`kindling ${health.version} traces ${describeScope(scope)}\n${agent.url}\n`);
    await untilStopped(agent);
  } finally {
    await agent.stop();
  }
}

/** The tree of commands; docs/cli.md is generated from it. */
import { Command } from 'commander';
import { kindlingVersion } from '../agent/version.js';
import { agentCommand } from './commands/agent.js';
import { doctorCommand } from './commands/doctor.js';
import { exportCommand } from './commands/export.js';
import { profilingCommand } from './commands/profiling.js';
import { recordCommand } from './commands/record.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { topCommand } from './commands/top.js';
import { watchCommand } from './commands/watch.js';
import { withExamples } from './examples.js';

export function createProgram(): Command {
  const program = new Command('kindling')
    .description('Why was this request slow? Shows every request of your servers, from what the kernel sees, with no code change.')
    .version(kindlingVersion(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Show help.')
    .enablePositionalOptions()
    .showHelpAfterError('(see --help)');
  withExamples(program, [
    ['sudo kindling run -- node server.js', 'Start a server, trace it, print the address of its page.'],
    ['sudo kindling agent --cgroup /system.slice/nginx.service', 'Trace a service that is already running.'],
    ['kindling watch error:yes', 'Failed requests as they happen.'],
    ['kindling doctor', 'What this machine allows, and what to do about the rest.'],
  ]);
  for (const command of [runCommand(), agentCommand(), watchCommand(), topCommand(), profilingCommand(), recordCommand(), replayCommand(), exportCommand(), doctorCommand()]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  program.addHelpText('after', '\nOptions can also stand in a file or in the environment: docs/config.md. Exit codes: docs/cli.md.');
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  return program;
}

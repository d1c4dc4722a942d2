import type { Command } from 'commander';
import { configOf } from './config-options.js';
import type { AgentAddress } from './api-client.js';

/** Where the agent is: --url, else the address and token of the configuration. */
export function agentAddressOf(command: Command): AgentAddress {
  const config = configOf(command);
  const given = command.getOptionValue('url') as string | undefined;
  const host = config.listen.host.includes(':') ? `[${config.listen.host}]` : config.listen.host;
  const url = given === undefined ? `http://${host}:${config.listen.port}/` : given.includes('://') ? given : `http://${given}/`;
  return { url, token: config.token };
}

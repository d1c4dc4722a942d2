/** Options of the one table as flags of a command, and back. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { flagName, loadConfig, OPTIONS, OPTION_NAMES, type Config, type OptionName, type OptionSpec } from '../config/index.js';

export const SCOPE_OPTIONS: OptionName[] = ['cgroups', 'pids', 'all'];
export const CAPTURE_OPTIONS: OptionName[] = ['hooks', 'ringBytes'];
export const REQUEST_OPTIONS: OptionName[] = ['slowThresholdsMs', 'urlClustering', 'noResponseTimeoutMs', 'ignoreDnsNxdomain', 'redactSqlLiterals'];
export const AGENT_OPTIONS: OptionName[] = OPTION_NAMES.filter((name) => !SCOPE_OPTIONS.includes(name));

export function addConfigOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) {
    const spec: OptionSpec = OPTIONS[name];
    const option = new Option(spec.flag, `${spec.help}${defaultText(spec)}`);
    if (repeatable(spec)) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  return command.option('--config <file>', 'Configuration file (YAML); may be repeated, the last one wins.',
    (value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

const repeatable = (spec: OptionSpec): boolean => typeof spec.default === 'object';

function defaultText(spec: OptionSpec): string {
  const shown = typeof spec.default === 'string' || typeof spec.default === 'number' ? String(spec.default) : '';
  return shown === '' ? '' : ` (default: ${shown})`;
}

/** Only what was typed: defaults are the table's business. */
export function givenFlags(command: Command): Partial<Record<OptionName, unknown>> {
  const flags: Partial<Record<OptionName, unknown>> = {};
  for (const name of OPTION_NAMES) {
    const option = command.options.find((candidate) => candidate.long === flagName(OPTIONS[name]));
    if (!option) continue;
    const attribute = option.attributeName();
    if (command.getOptionValueSource(attribute) === 'cli') flags[name] = command.getOptionValue(attribute);
  }
  return flags;
}

export function configOf(command: Command): Config {
  const files = command.getOptionValue('config') as string[] | undefined;
  return loadConfig({ flags: givenFlags(command), env: process.env, files: files ?? [] });
}

export function positiveInteger(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(value);
}

/** One configuration from four sources; the earlier wins: command line, environment, files (the last given first), defaults. */
import { KindlingError } from '../errors/index.js';
import { readConfigFile } from './file.js';
import { envName, flagName, OPTIONS, OPTION_NAMES, type Config, type OptionName, type OptionSpec } from './options.js';

export interface ConfigSources {
  /** Raw values by option, as the command line gave them. */
  flags?: Partial<Record<OptionName, unknown>>;
  env?: Record<string, string | undefined>;
  files?: readonly string[];
}

export function loadConfig(sources: ConfigSources = {}): Config {
  const files = (sources.files ?? []).map((path) => ({ path, values: readConfigFile(path) })).reverse();
  const config: Partial<Record<OptionName, unknown>> = {};
  for (const name of OPTION_NAMES) {
    const spec: OptionSpec = OPTIONS[name];
    const variable = envName(spec);
    const fromFile = files.find((file) => file.values[name] !== undefined);
    if (sources.flags?.[name] !== undefined) {
      config[name] = parse(spec, sources.flags[name], flagName(spec), 'the command line');
    } else if (sources.env?.[variable] !== undefined && sources.env[variable] !== '') {
      config[name] = parse(spec, sources.env[variable], variable, 'the environment');
    } else if (fromFile) {
      config[name] = parse(spec, fromFile.values[name], spec.path, fromFile.path);
    } else {
      config[name] = parse(spec, spec.default, spec.path, 'the defaults');
    }
  }
  return checked(config as Config);
}

function parse(spec: OptionSpec, value: unknown, key: string, source: string): unknown {
  const result = spec.schema.safeParse(value);
  if (result.success) return result.data;
  throw new KindlingError('OPTION_INVALID', {
    key, source, value: spec.secret ? '(hidden)' : shown(value), reason: reasonOf(result.error.issues), expected: spec.expected, example: spec.example,
  });
}

interface Issue { message: string; path: PropertyKey[]; code?: string; errors?: Issue[][] }

/** The most telling line: zod wraps a union's reasons, of which our own (`not a duration ...`) says most. */
function reasonOf(issues: readonly unknown[]): string {
  const flat = (list: readonly Issue[]): Issue[] => list.flatMap((issue) => (issue.errors ? flat(issue.errors.flat()) : [issue]));
  const all = flat(issues as readonly Issue[]);
  const best = all.find((issue) => issue.code === 'custom') ?? all[0];
  const where = best.path.length > 0 ? `${best.path.join('.')}: ` : '';
  return where + best.message.replace(/^Invalid (input|option): /, '').replace(/"/g, '');
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : isTextList(value) ? value.join(',') : JSON.stringify(value) ?? String(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
}

/** A flag that may be repeated. */
function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** What no single option can know. */
function checked(config: Config): Config {
  const address = `${config.listen.host}:${config.listen.port}`;
  if (!LOOPBACK.test(config.listen.host) && config.token === '') throw new KindlingError('TOKEN_REQUIRED', { address });
  if (config.token !== '' && config.token.length < 16) {
    throw new KindlingError('OPTION_INVALID', {
      key: OPTIONS.token.path, source: 'the configuration', value: '(hidden)', reason: 'shorter than 16 characters',
      expected: OPTIONS.token.expected, example: OPTIONS.token.example,
    });
  }
  return config;
}

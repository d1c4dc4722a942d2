export { loadConfig, type ConfigSources } from './load.js';
export { OPTIONS, OPTION_NAMES, envName, flagName, type Config, type OptionName, type OptionSpec } from './options.js';
export type { ListenAddress } from './kinds.js';

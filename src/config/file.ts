/** A configuration file as values by option. Keys nobody knows are refused: a typo must not silently mean the default. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { KindlingError } from '../errors/index.js';
import { nearest } from './nearest.js';
import { OPTIONS, OPTION_NAMES, type OptionName } from './options.js';

const BY_PATH = new Map<string, OptionName>(OPTION_NAMES.map((name) => [OPTIONS[name].path, name]));
const PATHS = [...BY_PATH.keys()];
const SECTIONS = new Set(PATHS.map((path) => path.split('.')[0]));
/** Top-level keys of 0.9's file: whoever brings one gets told where its options went. */
const FORMER_SECTIONS = new Set(['application', 'controllers', 'receivers', 'analyzers', 'processors', 'exporters', 'observability']);

export function readConfigFile(path: string): Partial<Record<OptionName, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KindlingError('CONFIG_UNREADABLE', { path, reason: (error as NodeJS.ErrnoException).code ?? String(error) }, { cause: error });
  }
  return parseConfigText(text, path);
}

export function parseConfigText(text: string, source: string): Partial<Record<OptionName, unknown>> {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new KindlingError('CONFIG_SYNTAX', { path: source, reason: document.errors[0].message.split('\n')[0] });
  }
  const root: unknown = document.toJS({ maxAliasCount: 100 });
  if (root === null || root === undefined) return {};
  if (!isMap(root)) throw new KindlingError('CONFIG_SYNTAX', { path: source, reason: 'it must hold sections such as `store:`' });
  const values: Partial<Record<OptionName, unknown>> = {};
  collect(root, '', source, values);
  return values;
}

function collect(map: Record<string, unknown>, prefix: string, source: string, into: Partial<Record<OptionName, unknown>>): void {
  for (const [key, value] of Object.entries(map)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const name = BY_PATH.get(path);
    if (name !== undefined) {
      if (value !== null) into[name] = value;
    } else if (SECTIONS.has(path) && (value === null || isMap(value))) {
      collect(value ?? {}, path, source, into);
    } else {
      throw new KindlingError('OPTION_UNKNOWN', { key: path, source, suggestion: suggestion(path) });
    }
  }
}

function suggestion(path: string): string {
  const top = path.split('.')[0];
  if (FORMER_SECTIONS.has(top)) return ' (a key of Kindling 0.9; see "Moving from 0.9" in docs/config.md)';
  const known = nearest(path, [...PATHS, ...SECTIONS]) ?? sameLeaf(path);
  return known === null ? '' : `; did you mean \`${known}\`?`;
}

/** `directory` at the top level, or under the wrong section. */
function sameLeaf(path: string): string | null {
  const leaf = path.split('.').pop()!;
  return PATHS.find((known) => known.endsWith(`.${leaf}`)) ?? null;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

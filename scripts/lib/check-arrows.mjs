// A folder of src/ may import those before it in the list, and the types of events/. The page imports only the API's types.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { sourceFiles } from './source-files.mjs';

/** In the order of an event's way from kernel to screen. */
const order = ['kernel', 'events', 'streams', 'protocols', 'requests', 'profile', 'symbols', 'metadata', 'metrics', 'store', 'export', 'server', 'config', 'agent', 'cli'];

/** Not a stage: what any folder may use, and which itself uses none. */
const everywhere = ['errors'];

/** Allowed against the order, each with its reason; listed as debts at every run. */
const exceptions = [
  { from: 'kernel', to: 'events/layout.generated', typesOnly: false, why: 'ring and maps are read at the offsets generated from the object' },
  { from: 'streams', to: 'protocols/protocol', typesOnly: false, why: 'a stream hands bytes to a parser: shape and answer codes stand in protocol.ts' },
  { from: 'store', to: 'server/api', typesOnly: true, why: 'queries return rows in the shapes the API promises' },
];

const importPattern = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'|import\('(\.[^']+)'\)/g;

function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(importPattern)].map((match) => ({
    typesOnly: Boolean(match[1]),
    target: join(dirname(file), match[2] ?? match[3]).replace(/\.[jt]sx?$/, ''),
  }));
}

function judge(file, { target, typesOnly }, used) {
  const [, from] = file.split('/');
  const inside = relative('src', target);
  const to = inside.split('/')[0];
  if (!target.startsWith('src/')) return target.startsWith('test/') && file.endsWith('.test.ts') ? null : `${file} imports ${target}, outside of src/`;
  if (from === to || everywhere.includes(to)) return null;
  if (everywhere.includes(from)) return `${file} imports ${inside}: ${from}/ may import nothing of src/`;
  if (to === 'events' && typesOnly) return null;
  if (!order.includes(from) || !order.includes(to)) return `${file} imports ${inside}: ${order.includes(from) ? to : from}/ has no place in the list of scripts/lib/check-arrows.mjs`;
  if (order.indexOf(to) < order.indexOf(from)) return null;
  const exception = exceptions.find((row) => row.from === from && inside.startsWith(row.to) && (!row.typesOnly || typesOnly));
  if (!exception) return `${file} imports ${inside}, which comes after ${from}/`;
  used.set(exception, (used.get(exception) ?? 0) + 1);
  return null;
}

function judgePage(file, { target, typesOnly }) {
  if (!target.startsWith('src/') || (target === 'src/server/api' && typesOnly)) return null;
  return `${file} imports ${target}${typesOnly ? '' : ' (not as types)'}: the page may import only the types of src/server/api.ts`;
}

export function checkArrows() {
  const used = new Map();
  const errors = [
    // Tests and their helpers may take what they need from any folder.
    ...sourceFiles(['src'], ['.ts']).filter((file) => file.split('/').length > 2 && !file.endsWith('.test.ts') && !file.includes('/testing/'))
      .flatMap((file) => importsOf(file).map((one) => judge(file, one, used))),
    ...sourceFiles(['ui'], ['.ts', '.tsx']).flatMap((file) => importsOf(file).map((one) => judgePage(file, one))),
  ].filter((error) => error !== null);
  const debts = exceptions.map((row) => `${row.from}/ -> ${row.to} (${used.get(row) ?? 0} imports): ${row.why}`);
  const warnings = exceptions.filter((row) => !used.has(row)).map((row) => `the exception ${row.from}/ -> ${row.to} is not in use`);
  return { name: 'imports point up the list of folders', errors, debts, warnings };
}

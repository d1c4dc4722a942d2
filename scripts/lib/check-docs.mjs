// What the documents claim must be so: links and anchors resolve, commands and flags exist, tables agree with the code.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Written by `npm run bench`, not by hand; a fresh checkout may be without it. */
const WRITTEN_LATER = new Set(['docs/benchmarks.md']);

const built = async (path) => import(`../../dist/src/${path}`).catch(() => null);
const program = await built('cli/program.js');
const columns = await built('store/columns.js');
const schemas = await built('server/query-schemas.js');
const apiErrors = await built('server/errors.js');
const losses = await built('errors/losses.js');

function documents() {
  const docs = readdirSync('docs', { recursive: true }).map((name) => join('docs', name));
  return ['README.md', 'test/vm/README.md', ...docs].filter((path) => path.endsWith('.md') && statSync(path).isFile());
}

const withoutFences = (text) => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');

/** As GitHub makes them. */
function anchors(path) {
  const headings = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '').match(/^#+ .*$/gm) ?? [];
  return new Set(headings.map((line) => line.replace(/^#+ /, '').trim().toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-')));
}

function linkErrors(path, text) {
  const errors = [];
  for (const [, target] of withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const to = file === '' ? path : relative('.', resolve(dirname(path), file));
    if (!existsSync(to)) {
      if (!WRITTEN_LATER.has(to)) errors.push(`${path}: ${target} leads nowhere`);
    } else if (anchor !== undefined && to.endsWith('.md') && !anchors(to).has(anchor)) {
      errors.push(`${path}: ${to} has no heading #${anchor}`);
    }
  }
  return errors;
}

/** Command lines in fences and in inline code: `kindling ...` (also after sudo, `$ ` and variables), `npm run ...`. */
function commandLines(text) {
  const fences = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, body]) => body.replace(/\\\n\s*/g, ' ').split('\n'));
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  return [...fences, ...inline];
}

function commandErrors(path, text, cli, scripts) {
  const errors = [];
  for (const line of commandLines(text)) {
    const script = /\bnpm run (?:--\S+ )*([\w:]+)/.exec(line)?.[1];
    if (script !== undefined && !(script in scripts)) errors.push(`${path}: package.json has no script ${script}`);
    const words = /^(?:\$ )?(?:sudo (?:-\S+ )*)?(?:setpriv .*)?\bkindling (?!\d)([a-z-].*)$/.exec(line.trim())?.[1].replace(/\s+#.*$/, '').split(/\s+/);
    if (words === undefined) continue;
    const command = cli.commands.find((one) => one.name() === words[0]);
    if (command === undefined) {
      // A sentence about the program, not a command line: only what looks like one is held to it.
      if (/^(\$ |sudo )/.test(line.trim()) || words.some((word) => /^--\w/.test(word) && !cli.options.some((o) => o.long === word))) errors.push(`${path}: there is no command: kindling ${words.join(' ')}`);
      continue;
    }
    const end = words.findIndex((word) => word === '--' || word === '|' || word === '>' || word === '&&');
    for (const word of words.slice(1, end < 0 ? undefined : end)) {
      const flag = /^--?[a-z][\w-]*/.exec(word)?.[0];
      if (flag === undefined || flag === '--help' || (!word.startsWith('--') && flag.length > 2)) continue;
      if (!command.options.some((option) => option.long === flag || option.short === flag)) errors.push(`${path}: kindling ${words[0]} has no option ${flag}`);
    }
  }
  return errors;
}

/** Two lists that must be equal. */
function difference(what, told, actual) {
  const missing = actual.filter((one) => !told.includes(one)).map((one) => `${what} does not mention ${one}`);
  return [...missing, ...told.filter((one) => !actual.includes(one)).map((one) => `${what} mentions ${one}, which does not exist`)];
}

const firstCells = (text, marker) => [...(text.split(marker)[1] ?? '').split('\n\n')[0].matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell);

function filterWords() {
  const words = columns.REQUEST_COLUMNS.filter((one) => one.word !== '');
  const told = firstCells(readFileSync('docs/page.md', 'utf8'), '<!-- filter words');
  return difference('docs/page.md, filter words,', told, words.map((one) => `${one.word}:`));
}

function routes() {
  const sources = readdirSync('src/server').filter((name) => /-routes?\.ts$/.test(name) && name !== 'page-routes.ts');
  const actual = sources.flatMap((name) => [...readFileSync(join('src/server', name), 'utf8').matchAll(/server\.(get|post)\('([^']+)'/g)]
    .map(([, method, route]) => (method === 'get' ? route : `POST ${route}`)));
  return difference('docs/api.md', firstCells(readFileSync('docs/api.md', 'utf8'), '<!-- routes'), actual);
}

const SCHEMA_OF_ROUTE = {
  '/api/overview': 'overviewSchema', '/api/requests': 'listSchema', '/api/requests.har': 'listSchema', '/api/heatmap': 'heatmapSchema',
  '/api/services/:name': 'serviceSchema', '/api/live': 'liveSchema', '/api/profiles': 'profilesSchema', '/api/causes': 'causesSchema',
};

function parameters() {
  const text = readFileSync('docs/api.md', 'utf8');
  const rows = [...text.matchAll(/^\| `(\/[^`]+)` \| ([^|]*) \|/gm)];
  return rows.flatMap(([, route, told]) => {
    const actual = SCHEMA_OF_ROUTE[route] === undefined ? [] : Object.keys(schemas[SCHEMA_OF_ROUTE[route]].shape);
    return difference(`docs/api.md, parameters of ${route},`, [...told.matchAll(/`(\w+)`/g)].map(([, name]) => name), actual);
  });
}

function apiCodes() {
  const text = readFileSync('docs/api.md', 'utf8');
  return Object.entries(apiErrors.API_ERRORS).filter(([code, { status }]) => !new RegExp(`^\\| ${status} \\|.*\`${code}\``, 'm').test(text))
    .map(([code, { status }]) => `docs/api.md does not list ${code} with status ${status}`);
}

function lossReasons() {
  const reasons = Object.keys(losses.LOSSES);
  return ['docs/architecture.md', 'docs/debugging.md'].flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return reasons.filter((reason) => !text.includes(`\`${reason}\``)).map((reason) => `${path} does not mention the loss ${reason}`);
  });
}

export function checkDocs() {
  const name = 'documents: links, commands, flags and tables';
  if ([program, columns, schemas, apiErrors, losses].includes(null)) return { name, errors: ['nothing is built: npm run build -- ts'] };
  const cli = program.createProgram();
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const errors = documents().flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return [...linkErrors(path, text), ...commandErrors(path, text, cli, scripts)];
  });
  return { name, errors: [...errors, ...filterWords(), ...routes(), ...parameters(), ...apiCodes(), ...lossReasons()] };
}

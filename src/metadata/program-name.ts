/** What people call a program: `shop-api` rather than `node`, `postgres` rather than `postgres: kim shop [local] idle`. */
import path from 'node:path';

/** What is known of a process; files are read in the process's own root. */
export interface ProgramFacts {
  comm: string;
  cmdline: readonly string[];
  exe: string | null;
  cwd: string | null;
  readFile(path: string): string | null;
}

const COMM_MAX = 15;
const MAX_NAME = 64;
/** Names of scripts that say nothing; their folder does. */
const GENERIC = new Set(['index', 'main', 'server', 'app', 'start', 'run', 'www', 'manage', 'wsgi', 'asgi', '__main__', 'cli', 'bin', 'src', 'dist', 'build', 'lib']);
const PACKAGE_LEVELS = 5;

interface Interpreter {
  matches: RegExp;
  name(args: readonly string[], facts: ProgramFacts): string;
}

const INTERPRETERS: readonly Interpreter[] = [
  { matches: /^(?:node|nodejs|bun|deno|tsx)$/, name: scriptOfNode },
  { matches: /^java$/, name: nameOfJava },
  { matches: /^(?:python|pypy)[\d.]*$/, name: (args, facts) => moduleName(args) || scriptName(firstScript(args, PYTHON_VALUES), facts) },
  { matches: /^(?:ruby|perl|php|lua|Rscript)[\d.]*$/, name: (args, facts) => scriptName(firstScript(args, NO_VALUES), facts) },
  { matches: /^(?:ba|da|z|k|a)?sh$/, name: (args, facts) => scriptName(firstScript(args, SHELL_VALUES), facts) },
  { matches: /^dotnet$/, name: (args) => baseName(args.find((arg) => arg.endsWith('.dll')) ?? '') },
];

const NO_VALUES = new Set<string>();
/** Options whose value is the next argument. */
const NODE_VALUES = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--env-file']);
const PYTHON_VALUES = new Set(['-W', '-X']);
const SHELL_VALUES = new Set(['-o', '-O']);
const JAVA_VALUES = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path', '--add-opens', '--add-exports', '--add-modules', '--add-reads']);
const INLINE_CODE = /^-(?:e|c|p|pe|-eval|-print)$/;

export function programName(facts: ProgramFacts): string {
  const program = executableName(facts);
  const interpreter = INTERPRETERS.find((one) => one.matches.test(program));
  const name = interpreter?.name(facts.cmdline.slice(1), facts) || program || facts.comm;
  return clean(name);
}

/**
 * The name it was started by where the kernel's name agrees (Debian's redis-server is a link to another program, and
 * servers write states behind it: `nginx: worker process`), else the program file's.
 */
function executableName(facts: ProgramFacts): string {
  const started = path.posix.basename((facts.cmdline[0] ?? '').split(/[\s:]/, 1)[0]).replace(/^-/, '');
  if (started !== '' && started.slice(0, COMM_MAX) === facts.comm.slice(0, COMM_MAX)) return started;
  return facts.exe === null || facts.exe.startsWith('/memfd:') ? started || facts.comm : path.posix.basename(facts.exe);
}

/** First argument that is no option, '' when code stands on the command line. */
function firstScript(args: readonly string[], withValue: ReadonlySet<string>): string {
  for (let i = 0; i < args.length; i++) {
    if (withValue.has(args[i])) i++;
    else if (INLINE_CODE.test(args[i])) return '';
    else if (!args[i].startsWith('-')) return args[i];
  }
  return '';
}

function scriptOfNode(args: readonly string[], facts: ProgramFacts): string {
  const script = firstScript(args[0] === 'run' ? args.slice(1) : args, NODE_VALUES);
  if (script === '') return '';
  const inPackage = /\/node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/.exec(script);
  if (inPackage !== null) return inPackage[1];
  return packageName(script, facts) || scriptName(script, facts);
}

/** `name` of the nearest package.json above the script. */
function packageName(script: string, facts: ProgramFacts): string {
  let folder = path.posix.dirname(path.posix.resolve(facts.cwd ?? '/', script));
  for (let level = 0; level < PACKAGE_LEVELS; level++) {
    const name = nameIn(facts.readFile(path.posix.join(folder, 'package.json')));
    if (name !== '') return name;
    if (folder === '/') break;
    folder = path.posix.dirname(folder);
  }
  return '';
}

function nameIn(json: string | null): string {
  if (json === null) return '';
  try {
    const name: unknown = (JSON.parse(json) as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}

/** The script's name, or its folder's where the script's says nothing. */
function scriptName(script: string, facts: ProgramFacts): string {
  if (script === '') return '';
  const parts = path.posix.resolve(facts.cwd ?? '/', script).split('/');
  for (let i = parts.length - 1; i > 0; i--) {
    const name = i === parts.length - 1 ? baseName(parts[i]) : parts[i];
    if (!GENERIC.has(name)) return name;
  }
  return baseName(script);
}

/** `python -m http.server` */
function moduleName(args: readonly string[]): string {
  const at = args.indexOf('-m');
  const script = args.findIndex((arg) => !arg.startsWith('-'));
  return at >= 0 && (script < 0 || at < script) ? (args[at + 1] ?? '') : '';
}

/** `-jar shop-1.4.2.jar` → `shop`; else the main class without its package. */
function nameOfJava(args: readonly string[]): string {
  const jar = args.indexOf('-jar');
  if (jar >= 0) return baseName(args[jar + 1] ?? '').replace(/[-_.]v?\d[\w.+-]*$/, '');
  const main = firstScript(args.map((arg) => (arg === '-m' || arg === '--module' ? '--' : arg)), JAVA_VALUES);
  return main.split('/').pop()!.split('.').pop()!;
}

function baseName(file: string): string {
  return path.posix.basename(file).replace(/\.[A-Za-z]{1,4}$/, '');
}

function clean(name: string): string {
  return name.replace(/[\s\0-\x1f\x7f]+/g, '_').slice(0, MAX_NAME);
}

// Runs the compiled tests by group and ends with one line: `N passed, N failed, N skipped`.
//
//   node scripts/run-tests.mjs [unit|replay|store|servers|kernel|e2e|browser|all]... [--only WORD] [--part beside|alone]
//
// `--only` takes files with the word in their path; `--part` those that may run beside others, or those that may not.
//
// Everything runs with KINDLING_REQUIRE_SCOPE=1: no test may watch other people's programs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * Groups in the order they run; a file belongs to the one with the nearest root. Files run side by side but for those that run `alone`, after the others: they measure time,
 * load the machine, look at all of it, or demand that nothing gets lost. A busy machine must not make the others fail.
 */
const groups = [
  { name: 'unit', roots: ['dist/src', 'dist/ui-test', 'dist/bench', 'dist/demo'], alone: [], needsBpf: false },
  { name: 'replay', roots: ['dist/test/replay'], alone: [], needsBpf: false },
  { name: 'store', roots: ['dist/src/store'], alone: [], needsBpf: false },
  { name: 'servers', roots: ['dist/test/servers'], alone: ['stacks'], needsBpf: false },
  { name: 'kernel', roots: ['dist/test/kernel'], alone: ['completeness', 'crowd', 'database-waits', 'evidence', 'overload', 'recorder', 'scope-all', 'stacks', 'unread', 'wakers'], needsBpf: true },
  { name: 'e2e', roots: ['dist/test/e2e'], alone: ['causes', 'commands', 'crashes', 'demo', 'hostile', 'odd-profiles'], needsBpf: true },
  { name: 'browser', roots: ['dist/test/browser'], alone: ['demo', 'explorer', 'speed'], needsBpf: false },
];

const slow = Math.max(1, Number(process.env.KINDLING_TEST_SLOW) || 1);
/** Side by side, but not on an emulated machine: two programs whose code is being compiled cost it several times what one does. */
const atOnce = slow > 1 ? 1 : Math.max(2, availableParallelism());

/** A test that hangs is a failed test; the longest honest one takes under two minutes. Slow machines (emulation) multiply it. */
const testTimeoutMs = 180_000 * slow;

/** dist/src/a.test.js -> src/a.test.ts; the page is compiled into a folder of its own. */
function sourceOf(file) {
  return file.replace(/^dist\/(ui-test\/)?/, '').replace(/\.js$/, '.ts');
}

/** Compiled tests whose source still exists: dist/ may hold some of files that are gone. */
function testFiles(root) {
  if (!existsSync(root)) return [];
  const nearer = groups.flatMap(({ roots }) => roots).filter((other) => other.startsWith(`${root}/`));
  return readdirSync(root, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(root, name))
    .filter((file) => existsSync(sourceOf(file)) && !nearer.some((other) => file.startsWith(`${other}/`)))
    .sort();
}

/** Those that may run side by side, then the others: what they came to. */
async function runGroup(files, isAlone) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const alone of [false, true]) {
    const some = files.filter((file) => isAlone(file) === alone);
    if (some.length === 0) continue;
    const result = await runFiles(some, alone ? 1 : atOnce);
    for (const key of Object.keys(totals)) totals[key] += result[key];
  }
  return totals;
}

async function runFiles(files, concurrency) {
  const folder = mkdtempSync(join(tmpdir(), 'kindling-tests-'));
  const tapFile = join(folder, 'result.tap');
  const args = ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${testTimeoutMs}`,
    '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${tapFile}`, ...files];
  const env = { ...process.env, KINDLING_REQUIRE_SCOPE: '1' };
  const runner = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const code = await new Promise((resolve) => { runner.once('exit', resolve); });
  const totals = readTotals(existsSync(tapFile) ? readFileSync(tapFile, 'utf8') : '');
  rmSync(folder, { recursive: true, force: true });
  // A runner that died without a report has not passed.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

function readTotals(tap) {
  const total = (word) => Number(tap.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  return { passed: total('pass'), failed: total('fail') + total('cancelled'), skipped: total('skipped') + total('todo') };
}

function readArguments(argv) {
  const names = [];
  let only = null;
  let part = null;
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--only') only = argv[++i];
    else if (argv[i] === '--part') part = argv[++i];
    else names.push(argv[i]);
  }
  if (![null, 'beside', 'alone'].includes(part)) throw new Error(`unknown part "${part}"; known: beside alone`);
  const unknown = names.find((name) => name !== 'all' && !groups.some((group) => group.name === name));
  if (unknown) throw new Error(`unknown group "${unknown}"; known: ${groups.map((group) => group.name).join(' ')} all`);
  const chosen = names.length === 0 || names.includes('all') ? groups : groups.filter((group) => names.includes(group.name));
  return { chosen, only, part };
}

const nameOf = (file) => basename(file, '.test.js');

/** Whether a file of the group runs alone; a name in the list that no file has any more would let one slip out of it. */
function aloneIn({ name, alone }, files) {
  const gone = alone.filter((one) => !files.some((file) => nameOf(file) === one));
  if (gone.length > 0) throw new Error(`group "${name}" lists as alone what is no test of it: ${gone.join(' ')}`);
  return (file) => alone.includes(nameOf(file));
}

async function main() {
  const { chosen, only, part } = readArguments(process.argv.slice(2));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const seconds = [];
  for (const group of chosen) {
    const all = group.roots.flatMap(testFiles);
    if (all.length === 0) continue;
    const isAlone = aloneIn(group, all);
    const files = all.filter((file) => (!only || file.includes(only)) && (part === null || isAlone(file) === (part === 'alone')));
    if (files.length === 0) continue;
    if (group.needsBpf && process.env.KINDLING_TEST_NO_BPF === '1') {
      process.stdout.write(`\n== ${group.name}: ${files.length} files skipped, KINDLING_TEST_NO_BPF=1 is set\n`);
      sum.skipped += files.length;
      continue;
    }
    process.stdout.write(`\n== ${group.name}: ${files.length} files\n`);
    const started = performance.now();
    const result = await runGroup(files, isAlone);
    seconds.push(`${group.name} ${Math.round((performance.now() - started) / 1000)}`);
    for (const key of Object.keys(sum)) sum[key] += result[key];
  }
  if (sum.passed + sum.failed + sum.skipped === 0) {
    process.stderr.write(`no compiled tests of ${chosen.map((group) => group.name).join(', ')}${only ? ` with ${only} in their path` : ''}: is everything built? npm run build\n`);
    sum.failed = 1;
  }
  process.stdout.write(`\nseconds: ${seconds.join(', ')}\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});

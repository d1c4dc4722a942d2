// Runs the compiled tests by group and ends with one line: `N passed, N failed, N skipped`.
//
//   node scripts/run-tests.mjs [unit|replay|servers|kernel|e2e|browser|all]... [--only WORD]
//
// Everything runs with KINDLING_REQUIRE_SCOPE=1: no test may watch other people's programs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * Groups in the order they run. Files run side by side but for those that run `alone`, after the others: they measure time,
 * load the machine, look at all of it, or demand that nothing gets lost.
 */
const groups = [
  { name: 'unit', roots: ['dist/src', 'dist/ui-test', 'dist/bench', 'dist/demo'], alone: [], needsBpf: false },
  { name: 'replay', roots: ['dist/test/replay'], alone: [], needsBpf: false },
  { name: 'servers', roots: ['dist/test/servers'], alone: 'all', needsBpf: false },
  { name: 'kernel', roots: ['dist/test/kernel'], alone: ['completeness', 'crowd', 'database-waits', 'evidence', 'overload', 'recorder', 'scope-all', 'stacks', 'unread', 'wakers'], needsBpf: true },
  { name: 'e2e', roots: ['dist/test/e2e'], alone: 'all', needsBpf: true },
  { name: 'browser', roots: ['dist/test/browser'], alone: 'all', needsBpf: false },
];

/** A test that hangs is a failed test; the longest honest one takes under two minutes. Slow machines (emulation) multiply it. */
const testTimeoutMs = 180_000 * Math.max(1, Number(process.env.KINDLING_TEST_SLOW) || 1);

/** dist/src/a.test.js -> src/a.test.ts; the page is compiled into a folder of its own. */
function sourceOf(file) {
  return file.replace(/^dist\/(ui-test\/)?/, '').replace(/\.js$/, '.ts');
}

/** Compiled tests whose source still exists: dist/ may hold some of files that are gone. */
function testFiles(root) {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(root, name))
    .filter((file) => existsSync(sourceOf(file)))
    .sort();
}

/** Those that may run side by side, then the others, each with what it came to. */
async function runGroup(files, alone) {
  const isAlone = (file) => alone === 'all' || alone.includes(basename(file, '.test.js'));
  const beside = await runFiles(files.filter((file) => !isAlone(file)), Math.max(2, availableParallelism()));
  const after = await runFiles(files.filter(isAlone), 1);
  return Object.fromEntries(Object.keys(beside).map((key) => [key, beside[key] + after[key]]));
}

async function runFiles(files, concurrency) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
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
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--only') only = argv[++i];
    else names.push(argv[i]);
  }
  const unknown = names.find((name) => name !== 'all' && !groups.some((group) => group.name === name));
  if (unknown) throw new Error(`unknown group "${unknown}"; known: ${groups.map((group) => group.name).join(' ')} all`);
  const chosen = names.length === 0 || names.includes('all') ? groups : groups.filter((group) => names.includes(group.name));
  return { chosen, only };
}

async function main() {
  const { chosen, only } = readArguments(process.argv.slice(2));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const seconds = [];
  for (const group of chosen) {
    const files = group.roots.flatMap(testFiles).filter((file) => !only || file.includes(only));
    if (files.length === 0) continue;
    if (group.needsBpf && process.env.KINDLING_TEST_NO_BPF === '1') {
      process.stdout.write(`\n== ${group.name}: ${files.length} files skipped, KINDLING_TEST_NO_BPF=1 is set\n`);
      sum.skipped += files.length;
      continue;
    }
    process.stdout.write(`\n== ${group.name}: ${files.length} files\n`);
    const started = performance.now();
    const result = await runGroup(files, group.alone);
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindlingVersion } from '../agent/version.js';
import { createProgram } from './program.js';
import { examplesOf } from './examples.js';
import { runCli } from './testing/run-cli.js';

test('--version prints the version of package.json', async () => {
  const { code, stdout } = await runCli(['--version']);
  assert.deepEqual([code, stdout], [0, `${kindlingVersion()}\n`]);
});

test('every command has a description, help and examples', async () => {
  const { commands } = createProgram();
  assert.deepEqual(commands.map((command) => command.name()), ['run', 'agent', 'watch', 'top', 'profiling', 'record', 'replay', 'export', 'doctor']);
  for (const command of commands) {
    assert.ok(command.description().length > 30, command.name());
    assert.ok(examplesOf(command).length >= 2, command.name());
    for (const [line] of examplesOf(command)) assert.match(line, new RegExp(`kindling ${command.name()}\\b`));
  }
  const { code, stdout } = await runCli(['watch', '--help']);
  assert.equal(code, 0);
  assert.match(stdout, /Examples:\n {2}\$ kindling watch\n/);
});

test('what is mistyped ends with 2 and the nearest that exists', async () => {
  const command = await runCli(['agnet']);
  assert.deepEqual([command.code, /Did you mean agent\?/.test(command.stderr)], [2, true]);
  const option = await runCli(['agent', '--lissen', '1']);
  assert.deepEqual([option.code, /Did you mean --listen\?/.test(option.stderr)], [2, true]);
  const variable = await runCli(['agent', '--pid', '1'], { KINDLING_STORE_RETENTION: 'soon' });
  assert.equal(variable.code, 2);
  assert.match(variable.stderr, /^error KND-011: `KINDLING_STORE_RETENTION` in the environment cannot be "soon": not a duration/);
});

test('an agent that may not start says why, what to do, and which code', async () => {
  const cases: Array<[string[], number, RegExp]> = [
    [['agent'], 4, /KND-020: nothing says what to trace\n {2}Give --cgroup PATH/],
    [['agent', '--all'], 4, /KND-021: .*KINDLING_REQUIRE_SCOPE=1/],
    [['agent', '--all', '--pid', '1'], 2, /KND-015: --pid and --all cannot be used together/],
    [['agent', '--pid', '1', '--listen', '0.0.0.0:9500'], 2, /KND-014: refusing to listen on 0\.0\.0\.0:9500 without a token/],
    [['agent', '--config', '/nonexistent.yaml'], 2, /KND-012: cannot read the configuration file \/nonexistent\.yaml: ENOENT/],
    [['run', '--', 'no-such-command-here'], 127, /KND-090: command not found: no-such-command-here/],
    [['run', '--', '/etc/passwd'], 126, /KND-091: cannot execute \/etc\/passwd: permission denied/],
  ];
  for (const [args, code, message] of cases) {
    const result = await runCli(args);
    assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
    assert.match(result.stderr, message);
    assert.equal(result.stdout, '');
  }
});

test('with --json an error is one line of JSON on stderr', async () => {
  const { code, stderr } = await runCli(['watch', '--json', '--url', '127.0.0.1:9']);
  const { error } = JSON.parse(stderr) as { error: { code: string; hint: string; exitCode: number } };
  assert.deepEqual([error.code, error.exitCode, code], ['KND-052', 5, 5]);
  assert.match(error.hint, /kindling agent/);
});

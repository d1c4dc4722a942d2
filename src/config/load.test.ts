import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KindlingError } from '../errors/index.js';
import { parseConfigText } from './file.js';
import { envName, flagName, loadConfig, OPTIONS, OPTION_NAMES } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-config-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function failure(run: () => unknown): KindlingError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof KindlingError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

test('without any source every option has its default', () => {
  const config = loadConfig();
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 9500 });
  assert.equal(config.slowThresholdsMs.redis, 100);
  assert.equal(config.detailBudget, 2000);
  assert.equal(config.retentionMs, 7 * 86400e3);
  assert.equal(config.ringBytes, 8 * 1024 * 1024);
});

test('flags win over the environment, that over the file, that over the default', () => {
  const path = file('order.yaml', 'listen:\n  address: 127.0.0.1:1001\nlog:\n  level: debug\nstore:\n  retention: 2d\n');
  const env = { KINDLING_LISTEN: '127.0.0.1:1002', KINDLING_LOG_LEVEL: 'warn' };
  const config = loadConfig({ files: [path], env, flags: { listen: '127.0.0.1:1003' } });
  assert.equal(config.listen.port, 1003);
  assert.equal(config.logLevel, 'warn');
  assert.equal(config.retentionMs, 2 * 86400e3);
  assert.equal(config.urlClustering, 'alphabet');
});

test('of several files the last one wins', () => {
  const [first, second] = [file('a.yaml', 'log: {level: debug}\nstore: {retention: 2d}'), file('b.yaml', 'log: {level: error}')];
  const config = loadConfig({ files: [first, second] });
  assert.deepEqual([config.logLevel, config.retentionMs], ['error', 2 * 86400e3]);
});

test('an empty file, an empty section and a null value mean the default', () => {
  assert.equal(loadConfig({ files: [file('empty.yaml', '')] }).logLevel, 'info');
  assert.equal(loadConfig({ files: [file('null.yaml', 'store:\nlog:\n  level:\n')] }).logLevel, 'info');
});

test('an unknown key is refused and the nearest known one named', () => {
  const error = failure(() => loadConfig({ files: [file('typo.yaml', 'store:\n  disk_bugdet: 5GiB\n')] }));
  assert.equal(error.code, 'KND-010');
  assert.equal(error.exitCode, 2);
  assert.match(error.message, /`store\.disk_bugdet` in .*typo\.yaml; did you mean `store\.disk_budget`\?/);
});

test('a key under the wrong section is told its place', () => {
  assert.match(failure(() => parseConfigText('directory: /x', 'f')).message, /did you mean `store\.directory`/);
});

test('a file of 0.9 is told where its options went', () => {
  assert.match(failure(() => parseConfigText('analyzers:\n  networkanalyzer:\n', 'f')).message, /0\.9/);
});

test('a bad value names the key, the source, what is expected and an example', () => {
  const error = failure(() => loadConfig({ env: { KINDLING_CAPTURE_RING_SIZE: '3 bananas' } }));
  assert.equal(error.code, 'KND-011');
  assert.match(error.message, /`KINDLING_CAPTURE_RING_SIZE` in the environment cannot be "3 bananas": not a size from 256KiB to 256MiB/);
  assert.match(error.hint, /Example: 16MiB/);
});

test('each way of giving a bad value is refused', () => {
  for (const flags of [
    { listen: 'localhost' }, { listen: '127.0.0.1:99999' }, { pids: ['0'] }, { pids: ['12x'] }, { logLevel: 'loud' }, { all: 'maybe' },
    { slowThresholdsMs: 'htpp=3s' }, { slowThresholdsMs: 'http' }, { detailBudget: '-1' }, { retentionMs: '5 minutes' }, { cgroups: [{}] },
  ]) assert.equal(failure(() => loadConfig({ flags })).code, 'KND-011', JSON.stringify(flags));
});

test('thresholds given for one protocol leave the others alone', () => {
  const config = loadConfig({ flags: { slowThresholdsMs: ['http=2s,redis=5'] } });
  assert.deepEqual([config.slowThresholdsMs.http, config.slowThresholdsMs.redis, config.slowThresholdsMs.mysql], [2000, 5, 100]);
  assert.equal(loadConfig({ files: [file('slow.yaml', 'requests:\n  slow_thresholds:\n    http: 1s\n')] }).slowThresholdsMs.http, 1000);
});

test('a budget of all is no limit', () => {
  assert.equal(loadConfig({ flags: { detailBudget: 'all' } }).detailBudget, Infinity);
});

test('an address other than loopback needs a token', () => {
  assert.equal(failure(() => loadConfig({ flags: { listen: '0.0.0.0:9500' } })).code, 'KND-014');
  assert.equal(loadConfig({ flags: { listen: '0.0.0.0:9500', token: 'x'.repeat(16) } }).listen.host, '0.0.0.0');
});

test('a token never appears in an error', () => {
  const error = failure(() => loadConfig({ flags: { token: 'hunter2' } }));
  assert.doesNotMatch(`${error.message} ${error.hint}`, /hunter2/);
});

test('YAML off without quotes turns the store off', () => {
  assert.equal(loadConfig({ files: [file('off.yaml', 'store:\n  engine: off\n')] }).store, 'off');
  assert.equal(loadConfig({ files: [file('off2.yaml', 'store:\n  engine: false\n')] }).store, 'off');
});

test('paths, variables and flags are unique, and every example is valid', () => {
  for (const key of [(n: typeof OPTION_NAMES[number]) => OPTIONS[n].path, (n: typeof OPTION_NAMES[number]) => envName(OPTIONS[n]), (n: typeof OPTION_NAMES[number]) => flagName(OPTIONS[n])]) {
    assert.equal(new Set(OPTION_NAMES.map(key)).size, OPTION_NAMES.length);
  }
  for (const name of OPTION_NAMES) assert.ok(OPTIONS[name].schema.safeParse(OPTIONS[name].example).success, name);
});

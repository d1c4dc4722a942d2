import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPTIONS, flagName } from '../config/index.js';
import { ERRORS } from '../errors/index.js';
import { API_ERRORS } from '../server/errors.js';
import { translateError } from './translate-error.js';

const SOURCE = fileURLToPath(new URL('../../../src', import.meta.url));

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (path.endsWith('.ts') && !path.endsWith('.test.ts')) yield path;
  }
}

const FLAGS = new Set<string>(Object.values(OPTIONS).map(flagName));
// Flags of commands that are no options of the configuration.
for (const path of sources(join(SOURCE, 'cli'))) {
  for (const [flag] of readFileSync(path, 'utf8').matchAll(/(?<=[ption(]\(?'(?:-\w, )?)--[a-z][a-z-]+/g)) FLAGS.add(flag);
}
const PATHS = new Set<string>(Object.values(OPTIONS).map((option) => option.path));
const SECTIONS = [...new Set([...PATHS].map((path) => path.split('.')[0]))].join('|');

/** String literals that speak to the user: those that say what to do begin with a capital and end with a full stop. */
function advice(text: string): string[] {
  return [...text.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map((match) => match[1] ?? match[2]).filter((literal) => /^[A-Z][\s\S]* [\s\S]*\.?$/.test(literal));
}

test('every flag and option that an error or a help text names exists', () => {
  const wrong: string[] = [];
  for (const path of sources(SOURCE)) {
    for (const text of advice(readFileSync(path, 'utf8'))) {
      for (const [flag] of text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) if (!FLAGS.has(flag) && flag !== '--help') wrong.push(`${path}: ${flag} in "${text}"`);
      for (const [option] of text.matchAll(new RegExp(`(?<![\\w./-])(?:${SECTIONS})\\.[a-z]\\w+(?![\\w(/])`, 'gi'))) {
        if (!PATHS.has(option)) wrong.push(`${path}: ${option} in "${text}"`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('an API error keeps its message and gets the stable code and the exit code', () => {
  for (const [code, { message, hint }] of Object.entries(API_ERRORS)) {
    const error = translateError({ code, message, hint });
    assert.match(error.code, /^KND-\d{3}$/);
    assert.equal(error.message, message);
    assert.doesNotMatch(error.hint, /\{\w+\}/);
  }
  const full = translateError({ code: 'store_disk_full', message: 'No room.', hint: '' });
  assert.deepEqual([full.code, full.exitCode], [ERRORS.STORE_DISK_FULL.code, 6]);
});

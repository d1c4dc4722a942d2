/** What the real kernel told of real servers (see record.ts), through the ordinary pipeline, on any machine. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { CONVERSATIONS, FOLDER } from './conversations.js';
import { requestsOf } from './requests.js';

for (const { name } of CONVERSATIONS) {
  test(`${name}: the observations of a real server give the requests they gave before`, async () => {
    const expected = readFileSync(`${FOLDER}${name}.expected.jsonl`, 'utf8').trimEnd().split('\n');
    assert.deepEqual(await requestsOf(`${FOLDER}${name}.jsonl`), expected, 'meant so? npm run replay:baseline');
    assert.ok(statSync(`${FOLDER}${name}.jsonl`).size < 50_000);
    const roles = new Set(expected.map((line) => (JSON.parse(line) as { role: string }).role));
    assert.deepEqual([...roles].sort(), ['client', 'server'], 'both ends were observed');
  });
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { Totals } from '../agent/totals.js';
import { HOSTILE, sampleProfile } from '../export/testing/sample-profile.js';
import type { AgentHealth } from '../server/api.js';
import { runSummary, summaryText } from './run-summary.js';
import { paintFor } from './terminal.js';

const plain = paintFor({ write: () => true });
const textOf = (profiles: ReturnType<typeof sampleProfile>[], width = 80): string =>
  summaryText(runSummary({ command: ['x'], exitCode: 0, durationMs: 1_000, totals: new Totals(), health: { losses: [] } as unknown as AgentHealth, slowest: profiles }), width, plain);

test('the slowest requests stand at the end with verdict and where to look, wrapped to the terminal', () => {
  const profile = { ...sampleProfile(), service: 'shop', verdict: `POST /checkout took 80 ms. ${'It waited for postgres. '.repeat(6)}`.trim(), lookAt: [{ label: 'thread worker (11)' }, { label: 'select orders *' }] };
  const lines = textOf([profile]).split('\n');
  const at = lines.findIndex((line) => line.includes('SLOWEST REQUESTS, and why'));
  assert.match(lines[at + 1], /^ {3}80\.0ms shop: POST \/checkout took 80 ms\./);
  assert.ok(lines.every((line) => line.length <= 80), 'no line is wider than the terminal');
  assert.equal(lines.slice(at + 1).join(' ').replace(/\s+/g, ' ').match(/It waited for postgres\./g)?.length, 6, 'nothing of the verdict is cut');
  assert.equal(lines.at(-2), '          look at: thread worker (11); select orders *');
});

test('without profiles nothing is said of them, and what a traced program said is no command to the terminal', () => {
  assert.doesNotMatch(textOf([]), /SLOWEST/);
  assert.doesNotMatch(textOf([sampleProfile(`\x1b[2J${HOSTILE}`)]).replaceAll('\n', ''), /[\x00-\x1f\u202e]/);
});

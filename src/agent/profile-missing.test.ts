import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRecord } from '../store/testing/sample-record.js';
import { whatIsMissing } from './profile-missing.js';

const FROM_NS = 10e9;
const TO_NS = 13e9;

function missing(rememberedNs: { switches: number; samples: number; notes: number }): string[] {
  const evidence = {
    fromNs: FROM_NS, toNs: TO_NS, running: [], samples: [], blocks: [], operations: [], logs: [], lives: [], retransmits: [], children: [], cut: [],
    startedNs: -Infinity, wholeFromNs: -Infinity, rememberedNs,
  };
  const record = sampleRecord({});
  const thread = { tid: record.responseTid, pid: record.pid, name: 'app', executed: true, onPath: true, slices: [] };
  return whatIsMissing({ threads: [thread], record, evidence, named: true }).map((line) => line.split(':')[0]);
}

test('what was overwritten is told with the part of the window that it is missing in', () => {
  assert.deepEqual(missing({ switches: -Infinity, samples: FROM_NS, notes: FROM_NS - 1 }), []);
  assert.deepEqual(missing({ switches: FROM_NS + 1.5e9, samples: -Infinity, notes: TO_NS + 8e9 }), [
    'What threads did in the first 1.5 s of the window', 'Calls, log lines and stacks of blocks in the whole window',
  ]);
});

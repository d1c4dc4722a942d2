/**
 * A process that stores numbered requests until it is killed: `kill-writer DIRECTORY LIFE`. Each line it writes says how many
 * requests of this life have their rows and roll-up rows in the spool (so must survive). Used by kill.test.ts.
 */
import { writeSync } from 'node:fs';
import { encodeRollups } from '../rollup-encoder.js';
import { RowEncoder } from '../row-encoder.js';
import { openStore } from '../store.js';
import { sampleRecord, sampleRollup } from './sample-record.js';

const ROWS = 200;
const BATCH_EVERY_MS = 15;

const [directory, lifeText] = process.argv.slice(2);
const life = Number(lifeText);
const firstId = life * 1_000_000;
const store = await openStore({ directory });
let next = firstId;
writeSync(1, 'open\n');
setInterval(() => {
  const encoder = new RowEncoder();
  for (let i = 0; i < ROWS; i++, next++) {
    encoder.add(sampleRecord({ pid: life, id: next.toString(16).padStart(16, '0'), start: String(1_750_000_000_000_000_000n + BigInt(next) * 1_000_000n), slow: next % 10 === 0, traceId: next % 4 === 0 ? `t${next}` : '' }));
  }
  const rows = encoder.take()!;
  store.append('requests', rows.rowBinary, rows.rowCount);
  store.append('rollup_10s', encodeRollups([sampleRollup({ pid: life, count: ROWS, kept: ROWS })]), 1);
  store.cut();
  writeSync(1, `${next - firstId}\n`);
}, BATCH_EVERY_MS);

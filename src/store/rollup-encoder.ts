/** RollupRow[] -> RowBinary of rollup_10s. */
import type { RollupRow } from '../requests/rollup.js';
import { ROLLUP_LABELS, ROLLUP_SUMS } from './rollup-columns.js';
import { writeOf } from './row-encoder.js';
import { RowWriter } from './row-writer.js';

export function encodeRollups(rows: readonly RollupRow[]): Uint8Array {
  const writer = new RowWriter();
  for (const row of rows) {
    writer.u32(row.time);
    for (const c of ROLLUP_LABELS) writeOf(c.type)(writer, c.get(row) as never);
    for (const c of ROLLUP_SUMS) writeOf(c.type)(writer, c.get(row) as never);
    writeHistogram(writer, row.histogram);
  }
  return writer.take();
}

/** Two arrays: numbers of the buckets that are not empty, and their counts. */
function writeHistogram(writer: RowWriter, histogram: Uint32Array): void {
  let filled = 0;
  for (let i = 0; i < histogram.length; i++) if (histogram[i] > 0) filled++;
  writer.varint(filled);
  for (let i = 0; i < histogram.length; i++) if (histogram[i] > 0) writer.u8(i);
  writer.varint(filled);
  for (let i = 0; i < histogram.length; i++) if (histogram[i] > 0) writer.u64(histogram[i]);
}

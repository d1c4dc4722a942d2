/** RequestRecord -> RowBinary, column by column in the order of REQUEST_COLUMNS. Runs in the capture worker. */
import type { RequestRecord } from '../requests/record.js';
import { ERROR_KINDS, REQUEST_COLUMNS, type Column, type ColumnType } from './columns.js';
import { RowWriter } from './row-writer.js';

type Write = (writer: RowWriter, value: never) => void;

const WRITE: Record<ColumnType, Write> = {
  'DateTime64(9)': (w, v: string) => w.decimalNs(v),
  DateTime: (w, v: number) => w.u32(v),
  Hex64: (w, v: string) => w.hex64(v),
  UInt8: (w, v: number) => w.u8(v),
  UInt32: (w, v: number) => w.u32(v),
  UInt64: (w, v: number) => w.u64(v),
  Float32: (w, v: number) => w.f32(v),
  Bool: (w, v: boolean) => w.u8(v ? 1 : 0),
  'Nullable(UInt64)': (w, v: number | null) => w.nullableU64(v),
  String: (w, v: string) => w.string(v),
  'LowCardinality(String)': (w, v: string) => w.string(v),
  Json: (w, v: Record<string, string | number>) => w.string(attributesText(v)),
  Bytes: (w, v: Uint8Array | null) => w.nullableBytes(v),
  Role: (w, v: string) => w.u8(v === 'server' ? 0 : 1),
  ErrorKind: (w, v: (typeof ERROR_KINDS)[number]) => w.u8(Math.max(0, ERROR_KINDS.indexOf(v))),
};

/** How a column's values are written. */
export const writeOf = (type: ColumnType): Write => WRITE[type];

/** '' for none: most requests have no attributes, and an empty string costs a byte. */
function attributesText(attributes: Record<string, string | number>): string {
  for (const _ in attributes) return JSON.stringify(attributes);
  return '';
}

export class RowEncoder {
  private readonly writer = new RowWriter();
  private readonly columns: Array<{ get: Column<RequestRecord>['get']; write: Write }>;
  rows = 0;

  constructor() {
    this.columns = REQUEST_COLUMNS.map((c) => ({ get: c.get, write: WRITE[c.type] }));
  }

  get bytes(): number {
    return this.writer.length;
  }

  add(record: RequestRecord): void {
    const columns = this.columns;
    for (let i = 0; i < columns.length; i++) columns[i].write(this.writer, columns[i].get(record) as never);
    this.rows++;
  }

  /** What was added since the last call; null when nothing was. The bytes may be transferred to another thread. */
  take(): { rowBinary: Uint8Array; rowCount: number } | null {
    if (this.rows === 0) return null;
    const rowCount = this.rows;
    this.rows = 0;
    return { rowBinary: this.writer.take(), rowCount };
  }
}

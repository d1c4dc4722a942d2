/** Prints requests as they come: a table for people, lines of JSON for programs. */
import type { RequestSummary } from '../server/api.js';
import { RequestTable } from './request-table.js';
import { paintFor, widthOf, type ColorMode, type Output } from './terminal.js';

export interface PrinterOptions {
  json?: boolean;
  color?: ColorMode;
  /** Column names with commas. */
  columns?: string;
  /** End after so many. */
  lines?: number;
}

/** On a terminal the header comes again when it has scrolled away. */
const HEADER_EVERY = 500;
/** Its figures may change every second. */
const NOTE_EVERY_MS = 10_000;

export class RequestPrinter {
  /** Resolves when as many lines were printed as wanted. */
  readonly finished: Promise<void>;
  private finish!: () => void;
  private printed = 0;
  private readonly notedMs = new Map<string, number>();
  private readonly table: RequestTable;

  constructor(private readonly output: Output, private readonly options: PrinterOptions, private readonly messages: Output = process.stderr) {
    this.finished = new Promise((resolve) => { this.finish = resolve; });
    const names = options.columns?.split(',').map((name) => name.trim()).filter((name) => name !== '');
    this.table = new RequestTable(widthOf(output), paintFor(output, options.color), names);
  }

  print(rows: readonly RequestSummary[]): void {
    const { lines: limit = Infinity, json } = this.options;
    let text = '';
    for (const row of rows.slice(0, Math.max(0, limit - this.printed))) {
      if (!json && this.headerDue()) text += `${this.table.header()}\n`;
      text += `${json ? JSON.stringify(row) : this.table.row(row)}\n`;
      this.printed++;
    }
    if (text !== '') this.output.write(text);
    if (this.printed >= limit) this.finish();
  }

  /** The view was too slow for the requests: say so where they are missing. */
  dropped(count: number): void {
    if (count > 0 && !this.options.json) this.output.write(`... ${count} more requests not shown ...\n`);
  }

  /** What the agent says about its answers, on stderr: once, and again when it still holds some time later. */
  notes(notes: readonly string[], nowMs = Date.now()): void {
    for (const note of notes) {
      const kind = note.replace(/[\d.,]+/g, '#');
      if (nowMs - (this.notedMs.get(kind) ?? -Infinity) < NOTE_EVERY_MS) continue;
      this.notedMs.set(kind, nowMs);
      this.messages.write(`kindling: ${note}\n`);
    }
  }

  private headerDue(): boolean {
    return this.printed === 0 || (this.output.isTTY === true && this.printed % HEADER_EVERY === 0);
  }
}

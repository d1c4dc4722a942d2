/** Requests as lines of a table that fits the terminal. */
import { KindlingError } from '../errors/index.js';
import type { RequestSummary } from '../server/api.js';
import { formatClock, formatNs, formatSize } from './format.js';
import { fit, printable, type Paint } from './terminal.js';

interface ColumnSpec {
  title: string;
  /** Characters; 0 takes what is left. */
  width: number;
  align?: 'left' | 'right';
  text(row: RequestSummary): string;
  paint?(row: RequestSummary, paint: Paint): (text: string) => string;
}

const plain = (text: string): string => text;
const failed = (row: RequestSummary): boolean => row.error !== 'none';

export const COLUMNS: Record<string, ColumnSpec> = {
  time: { title: 'TIME', width: 12, text: (r) => formatClock(r.start), paint: (_r, p) => p.dim },
  service: { title: 'SERVICE', width: 14, text: (r) => r.service, paint: (_r, p) => p.cyan },
  role: { title: '', width: 1, text: (r) => (r.role === 'server' ? '←' : '→'), paint: (_r, p) => p.dim },
  protocol: { title: 'PROTOCOL', width: 8, text: (r) => r.protocol },
  status: { title: 'STATUS', width: 6, align: 'right', text: statusText, paint: (r, p) => (failed(r) ? p.red : plain) },
  duration: {
    title: 'DURATION', width: 8, align: 'right', text: (r) => formatNs(r.durationNs),
    paint: (r, p) => (r.slow ? p.yellow : plain),
  },
  connect: { title: 'CONNECT', width: 8, align: 'right', text: (r) => formatNs(r.connectNs) },
  send: { title: 'SENT', width: 8, align: 'right', text: (r) => formatNs(r.sendNs) },
  wait: { title: 'WAITING', width: 8, align: 'right', text: (r) => formatNs(r.waitNs) },
  receive: { title: 'DOWNLOAD', width: 8, align: 'right', text: (r) => formatNs(r.receiveNs) },
  request: { title: 'REQUEST', width: 0, text: requestText, paint: (r, p) => (failed(r) ? p.red : plain) },
  endpoint: { title: 'ENDPOINT', width: 30, text: (r) => r.endpoint },
  peer: { title: 'PEER', width: 18, text: (r) => r.peerService },
  in: { title: 'IN', width: 7, align: 'right', text: (r) => formatSize(r.requestBytes) },
  out: { title: 'OUT', width: 7, align: 'right', text: (r) => formatSize(r.responseBytes) },
  pid: { title: 'PID', width: 7, align: 'right', text: (r) => String(r.pid) },
  comm: { title: 'COMMAND', width: 15, text: (r) => r.comm },
  client: { title: 'CLIENT', width: 21, text: (r) => r.client },
  server: { title: 'SERVER', width: 21, text: (r) => r.server },
  container: { title: 'CONTAINER', width: 12, text: (r) => r.container },
  trace: { title: 'TRACE', width: 32, text: (r) => r.traceId },
  id: { title: 'ID', width: 16, text: (r) => r.id },
};

const NARROW = ['time', 'service', 'role', 'protocol', 'status', 'duration', 'request'];
const WIDE = ['time', 'service', 'role', 'protocol', 'peer', 'status', 'duration', 'out', 'request'];
const WIDE_FROM = 110;

/** In the place of a status, where there is none. */
const ERROR_WORDS = { none: '', connect_failed: 'CONN!', no_response: 'NONE!', protocol_error: '' } as const;

function statusText(row: RequestSummary): string {
  return ERROR_WORDS[row.error] || row.status;
}

/** `GET /orders/17`; a statement already starts with its operation. */
function requestText(row: RequestSummary): string {
  const { operation, resource } = row;
  if (row.error === 'connect_failed' && row.errorText !== '') return row.errorText;
  const named = resource.toLowerCase().startsWith(operation.toLowerCase());
  const text = named ? resource : `${operation} ${resource}`.trim();
  return failed(row) && row.errorText !== '' ? `${text}  (${row.errorText})` : text;
}

export class RequestTable {
  private readonly columns: ColumnSpec[];

  constructor(private readonly width: number, private readonly paint: Paint, names?: readonly string[]) {
    this.columns = (names ?? (width >= WIDE_FROM ? WIDE : NARROW)).map((name) => {
      const column = COLUMNS[name];
      if (column) return column;
      throw new KindlingError('OPTION_INVALID', {
        key: '--columns', source: 'the command line', value: `"${name}"`, reason: 'no such column',
        expected: Object.keys(COLUMNS).join(', '), example: 'time,service,duration,request',
      });
    });
  }

  header(): string {
    return this.paint.dim(this.line((column) => fit(column.title, this.widthOf(column), column.align)));
  }

  row(row: RequestSummary): string {
    return this.line((column) => {
      const paint = column.paint?.(row, this.paint) ?? plain;
      return paint(fit(printable(column.text(row)), this.widthOf(column), column.align));
    });
  }

  private line(cell: (column: ColumnSpec) => string): string {
    return this.columns.map(cell).join(' ').replace(/ +((?:\x1b\[\d+m)*)$/, '$1');
  }

  private widthOf(column: ColumnSpec): number {
    if (column.width > 0) return column.width;
    const fixed = this.columns.reduce((sum, other) => sum + other.width + 1, -1);
    return Math.max(10, this.width - fixed);
  }
}

/** The newest abnormal requests as gauges: a bounded set, each shown for two minutes. */
import type { RequestRecord } from '../requests/record.js';
import type { Sample } from './exposition.js';
import { fromRecord, requestContent, responseContent, topologyLabels, type Labels, type Node } from './labels.js';

export const TRACE_EXPIRY_MS = 120_000;

const MS = 1e6;

/** 1: fine, 2: noticeable, 3: bad. A stage that does not exist is 1. */
export function statusOf(durationNs: number | null, fineMs: number, badMs: number): '1' | '2' | '3' {
  if (durationNs === null || durationNs <= fineMs * MS) return '1';
  return durationNs >= badMs * MS ? '3' : '2';
}

const totalStatus = (ns: number) => statusOf(ns, 800, 1500);
const stageStatus = (ns: number | null) => statusOf(ns, 200, 1000);

export function traceLabels(record: RequestRecord, node: Node): Labels {
  const row = fromRecord(record);
  return {
    ...topologyLabels(row, node), dnat_ip: '', dnat_port: '', is_server: String(record.role === 'server'),
    request_content: requestContent(row), response_content: responseContent(row),
    request_duration_status: totalStatus(record.durationNs), request_reqxfer_status: stageStatus(record.sendNs),
    request_processing_status: stageStatus(record.waitNs), response_rspxfer_status: stageStatus(record.receiveNs),
  };
}

export class TraceGauge {
  /** By label set, the least recently seen first. */
  private entries = new Map<string, { labels: Labels; durationNs: number; seenMs: number }>();

  constructor(private readonly maxEntries: number, private readonly node: Node) {}

  add(record: RequestRecord, nowMs: number): void {
    if (this.maxEntries === 0) return;
    const labels = traceLabels(record, this.node);
    const key = Object.values(labels).join('\0');
    this.entries.delete(key);
    this.entries.set(key, { labels, durationNs: record.durationNs, seenMs: nowMs });
    if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
  }

  samples(nowMs: number): Sample[] {
    for (const [key, entry] of this.entries) {
      if (nowMs - entry.seenMs <= TRACE_EXPIRY_MS) break;
      this.entries.delete(key);
    }
    return [...this.entries.values()].map((entry) => ({ labels: entry.labels, value: entry.durationNs }));
  }
}

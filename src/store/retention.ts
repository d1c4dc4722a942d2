/**
 * What to drop, and when: whole partitions only, oldest first, by age and by disk budget; the newest partition of a table
 * always stays. Details go before the slow and failed ones, those before roll-ups: what is dearest per hour goes first.
 */
import { statfsSync } from 'node:fs';
import type { StoreDriver } from './driver.js';
import { TABLES, type TableInfo } from './schema.js';

export type KeepHours = Record<TableInfo['keep'], number>;

const DAY = 24;
export const DEFAULT_KEEP_HOURS: KeepHours = { detail: 7 * DAY, abnormal: 30 * DAY, rollup_10s: 3 * DAY, rollup_1m: 35 * DAY, rollup_1h: 400 * DAY };

/** The file system is left this much, whatever the budget says. */
const MIN_FREE_BYTES = 512 * 1024 * 1024;
const DROP_ORDER: ReadonlyArray<TableInfo['keep']> = ['detail', 'abnormal', 'rollup_10s', 'rollup_1m', 'rollup_1h'];

export interface Partition {
  table: string;
  keep: TableInfo['keep'];
  partition: string;
  bytes: number;
  /** Unix seconds. */
  maxTime: number;
  newest: boolean;
}
export interface Drop { table: string; partition: string; reason: 'age' | 'disk' }

export interface RetentionState {
  partitions: Partition[];
  keepHours: KeepHours;
  diskBudgetBytes: number;
  freeBytes: number;
  nowSeconds: number;
}

export function planRetention(state: RetentionState): Drop[] {
  const old = (p: Partition): boolean => p.maxTime < state.nowSeconds - state.keepHours[p.keep] * 3600;
  const drops: Drop[] = [];
  let total = 0;
  const left: Partition[] = [];
  for (const p of state.partitions) {
    if (!p.newest && old(p)) drops.push({ table: p.table, partition: p.partition, reason: 'age' });
    else {
      total += p.bytes;
      left.push(p);
    }
  }
  const freed = state.partitions.reduce((sum, p) => sum + p.bytes, 0) - total;
  let excess = Math.max(total - state.diskBudgetBytes, MIN_FREE_BYTES - state.freeBytes - freed);
  for (const keep of DROP_ORDER) {
    const oldestFirst = left.filter((p) => p.keep === keep && !p.newest).sort((a, b) => a.maxTime - b.maxTime);
    for (const p of oldestFirst) {
      if (excess <= 0) return drops;
      drops.push({ table: p.table, partition: p.partition, reason: 'disk' });
      excess -= p.bytes;
    }
  }
  return drops;
}

export async function readPartitions(driver: StoreDriver): Promise<Partition[]> {
  const all: Partition[] = [];
  for (const { name, keep } of TABLES) {
    const partitions = await driver.partitions(name);
    partitions.forEach((p, i) => all.push({ table: name, keep, partition: p.partition, bytes: p.bytes, maxTime: p.maxTime, newest: i === partitions.length - 1 }));
  }
  return all;
}

export interface RetentionOptions { directory: string; diskBudgetBytes: number; keepHours: KeepHours; now: () => number }

/** One round; returns what was dropped. */
export async function applyRetention(driver: StoreDriver, options: RetentionOptions): Promise<Drop[]> {
  const fs = statfsSync(options.directory);
  const drops = planRetention({
    partitions: await readPartitions(driver), keepHours: options.keepHours, diskBudgetBytes: options.diskBudgetBytes,
    freeBytes: fs.bavail * fs.bsize, nowSeconds: options.now() / 1000,
  });
  for (const { table, partition } of drops) await driver.dropPartition(table, partition);
  return drops;
}

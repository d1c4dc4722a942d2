/** All causes, by what a request can wait for. */
import type { Cause } from './cause.js';
import { cpu } from './causes/cpu.js';
import { fsync } from './causes/fsync.js';
import { lock } from './causes/lock.js';
import { poolHandoff } from './causes/pool-handoff.js';
import { poolFull } from './causes/pool-full.js';
import { coldRead } from './causes/cold-read.js';
import { sleep } from './causes/sleep.js';
import { twoHops } from './causes/two-hops.js';

export const CAUSES: readonly Cause[] = [cpu, poolHandoff, lock, poolFull, sleep, twoHops, fsync, coldRead];

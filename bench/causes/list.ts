/** All causes, by what a request can wait for. */
import type { Cause } from './cause.js';
import { behindRedis } from './causes/behind-redis.js';
import { coldRead } from './causes/cold-read.js';
import { connect } from './causes/connect.js';
import { cpu } from './causes/cpu.js';
import { cpuJava } from './causes/cpu-java.js';
import { cpuLimit } from './causes/cpu-limit.js';
import { cpuNeighbour } from './causes/cpu-neighbour.js';
import { cpuNode } from './causes/cpu-node.js';
import { dns } from './causes/dns.js';
import { eventLoop } from './causes/event-loop.js';
import { fsync } from './causes/fsync.js';
import { gcJava } from './causes/gc-java.js';
import { gcNode } from './causes/gc-node.js';
import { libuvPool } from './causes/libuv-pool.js';
import { lock } from './causes/lock.js';
import { lockJava } from './causes/lock-java.js';
import { packetLoss } from './causes/packet-loss.js';
import { pageFaults } from './causes/page-faults.js';
import { poolFull } from './causes/pool-full.js';
import { poolHandoff } from './causes/pool-handoff.js';
import { rowLock } from './causes/row-lock.js';
import { sleep } from './causes/sleep.js';
import { slowReader } from './causes/slow-reader.js';
import { slowRedis } from './causes/slow-redis.js';
import { slowSql } from './causes/slow-sql.js';
import { twoHops } from './causes/two-hops.js';

export const CAUSES: readonly Cause[] = [
  cpu, cpuNode, cpuJava, poolHandoff, poolFull, lock, lockJava, eventLoop,
  libuvPool, slowSql, rowLock, slowRedis, behindRedis, dns, connect, twoHops,
  packetLoss, slowReader, fsync, coldRead, pageFaults, cpuNeighbour, cpuLimit, sleep,
  gcJava, gcNode,
];

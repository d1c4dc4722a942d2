/** What a command's name says: where its key stands, which replies it has, what must not be shown. */
import { latin1 } from '../text.js';

/** The command's first word has a second (`CONFIG GET`) that belongs to the name. */
export const CONTAINER = 1;
/** Waits on the server for as long as it is told. */
export const BLOCKING = 2;
/** Has a confirmation for each channel. */
export const SUBSCRIBES = 4;
export const UNSUBSCRIBES = 8;
/** Turns the connection into a one-way stream after its reply. */
export const STREAMS = 16;
/** Its arguments may be credentials. */
export const SECRET = 32;
export const EXEC = 64;

/** Turns replies off and on; its resource is the mode. */
export const REPLY_MODE = 'CLIENT REPLY';
const SECRET_SUBCOMMANDS: ReadonlySet<string> = new Set(['ACL SETUSER', 'CONFIG SET']);

export interface Command {
  name: string;
  /** Which argument is the first key (the name is 0), 0: none, -1: the one behind STREAMS. */
  key: number;
  flags: number;
  /** Second words seen, upper case. */
  subcommands: Map<string, Command> | null;
}

const NO_KEY = 'PING ECHO SELECT QUIT RESET MULTI DISCARD UNWATCH INFO DBSIZE FLUSHALL FLUSHDB KEYS SCAN RANDOMKEY SAVE BGSAVE BGREWRITEAOF ' +
  'LASTSAVE TIME ROLE REPLICAOF SLAVEOF FAILOVER SHUTDOWN SWAPDB READONLY READWRITE ASKING LOLWUT REPLCONF';
const FIRST_KEY = 'GET SET SETNX SETEX PSETEX GETSET GETDEL GETEX GETRANGE SUBSTR SETRANGE STRLEN APPEND INCR DECR INCRBY DECRBY INCRBYFLOAT MGET MSET ' +
  'MSETNX LCS DEL UNLINK EXISTS TOUCH TYPE EXPIRE PEXPIRE EXPIREAT PEXPIREAT EXPIRETIME PEXPIRETIME TTL PTTL PERSIST RENAME RENAMENX MOVE COPY DUMP ' +
  'RESTORE SORT SORT_RO HSET HSETNX HMSET HGET HMGET HGETALL HDEL HEXISTS HLEN HKEYS HVALS HINCRBY HINCRBYFLOAT HSTRLEN HRANDFIELD HSCAN HEXPIRE HTTL ' +
  'LPUSH LPUSHX RPUSH RPUSHX LPOP RPOP LLEN LRANGE LINDEX LSET LINSERT LREM LTRIM LPOS LMOVE RPOPLPUSH SADD SREM SMEMBERS SISMEMBER SMISMEMBER SCARD ' +
  'SPOP SRANDMEMBER SMOVE SSCAN SINTER SINTERSTORE SUNION SUNIONSTORE SDIFF SDIFFSTORE ZADD ZREM ZSCORE ZMSCORE ZINCRBY ZCARD ZCOUNT ZLEXCOUNT ZRANGE ' +
  'ZRANGESTORE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX ZRANK ZREVRANK ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREMRANGEBYLEX ' +
  'ZPOPMIN ZPOPMAX ZRANDMEMBER ZSCAN ZUNIONSTORE ZINTERSTORE ZDIFFSTORE SETBIT GETBIT BITCOUNT BITPOS BITFIELD BITFIELD_RO PFADD PFCOUNT PFMERGE ' +
  'GEOADD GEOPOS GEODIST GEOHASH GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEOSEARCH GEOSEARCHSTORE XADD XLEN XRANGE XREVRANGE ' +
  'XDEL XTRIM XACK XCLAIM XAUTOCLAIM XPENDING XSETID WATCH';
const SECOND_KEY = 'BITOP ZUNION ZINTER ZDIFF ZINTERCARD SINTERCARD LMPOP ZMPOP';
const THIRD_KEY = 'EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO';
const CONTAINERS = 'CONFIG CLIENT CLUSTER COMMAND SCRIPT FUNCTION LATENCY SLOWLOG MODULE PUBSUB SENTINEL DEBUG';
const KEYED_CONTAINERS = 'OBJECT MEMORY XINFO XGROUP';

export class CommandTable {
  private readonly byHash = new Map<number, Command>();
  private strangers = 0;

  constructor() {
    this.add(NO_KEY, 0, 0);
    this.add(FIRST_KEY, 1, 0);
    this.add(SECOND_KEY, 2, 0);
    this.add(THIRD_KEY, 3, 0);
    this.add(CONTAINERS, 0, CONTAINER);
    this.add(KEYED_CONTAINERS, 2, CONTAINER);
    this.add('BLPOP BRPOP BLMOVE BRPOPLPUSH BZPOPMIN BZPOPMAX', 1, BLOCKING);
    this.add('BLMPOP BZMPOP', 3, BLOCKING);
    this.add('XREAD XREADGROUP', -1, BLOCKING);
    this.add('WAIT WAITAOF', 0, BLOCKING);
    this.add('SUBSCRIBE PSUBSCRIBE SSUBSCRIBE', 1, SUBSCRIBES);
    this.add('UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE', 1, UNSUBSCRIBES);
    this.add('PUBLISH SPUBLISH', 1, 0);
    this.add('MONITOR SYNC PSYNC', 0, STREAMS);
    this.add('AUTH HELLO', 0, SECRET);
    this.add('MIGRATE', 3, SECRET);
    this.add('ACL', 0, CONTAINER);
    this.add('EXEC', 0, EXEC);
  }

  private add(names: string, key: number, flags: number): void {
    for (const name of names.split(' ')) this.byHash.set(hashOf(name), { name, key, flags, subcommands: null });
  }

  /** The command named `buf[from, to)` in any case, or undefined. */
  known(buf: Uint8Array, from: number, to: number): Command | undefined {
    let hash = to - from;
    for (let p = from; p < to; p++) hash = (hash * 31 + (buf[p] & 0xdf)) | 0;
    const command = this.byHash.get(hash);
    return command !== undefined && sameName(buf, from, to, command.name) ? command : undefined;
  }

  /** As `known`, and a new entry for commands of modules. */
  find(buf: Uint8Array, from: number, to: number): Command {
    const known = this.known(buf, from, to);
    if (known) return known;
    const command: Command = { name: latin1(buf, from, to).toUpperCase(), key: 1, flags: 0, subcommands: null };
    const hash = hashOf(command.name);
    if (this.strangers < MAX_STRANGERS && !this.byHash.has(hash)) {
      this.strangers++;
      this.byHash.set(hash, command);
    }
    return command;
  }
}

const MAX_STRANGERS = 512;
const MAX_SUBCOMMANDS = 64;

/** `CONFIG` and `GET` make `CONFIG GET`. */
export function subcommand(container: Command, word: string): Command {
  const upper = word.toUpperCase();
  container.subcommands ??= new Map();
  let command = container.subcommands.get(upper);
  if (!command) {
    const name = `${container.name} ${upper}`;
    command = { name, key: name === REPLY_MODE ? 2 : container.key, flags: SECRET_SUBCOMMANDS.has(name) ? SECRET : 0, subcommands: null };
    if (container.subcommands.size < MAX_SUBCOMMANDS) container.subcommands.set(upper, command);
  }
  return command;
}

function hashOf(name: string): number {
  let hash = name.length;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + (name.charCodeAt(i) & 0xdf)) | 0;
  return hash;
}

function sameName(buf: Uint8Array, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = buf[from + i];
    const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
    if (upper !== name.charCodeAt(i)) return false;
  }
  return true;
}

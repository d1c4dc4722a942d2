/** The fields of one line of the public line format, checked; a refusal says what to write instead. */
import { UNKNOWN_NS, type Role, type Transport } from './observation.js';

export interface Line {
  type: 'data' | 'connect' | 'close' | 'open' | 'shutdown';
  ts: bigint;
  dur: number;
  /** UNKNOWN_NS when not stated. */
  unread: number;
  pid: number;
  tid: number;
  comm: string;
  fd: number;
  /** '' when not stated: process and descriptor then name the connection. */
  conn: string;
  role: Role;
  dir: 'in' | 'out';
  proto: Transport;
  client: string;
  server: string;
  bytes: number;
  /** Stream position of the first byte; -1: directly behind what came before. */
  position: number;
  payload: Uint8Array | null;
  errno: number;
  by: 'local' | 'remote' | 'unknown';
  /** The connection is older than its first line. */
  joined: boolean;
}

const TYPES = ['data', 'connect', 'close', 'open', 'shutdown'] as const;
const ROLES = ['server', 'client', 'unknown'] as const;
const TRANSPORTS = ['tcp', 'udp', 'unix'] as const;
const ENDS = ['local', 'remote', 'unknown'] as const;
const DIRECTIONS = ['in', 'out'] as const;

/** Thrown inside this file only. */
class Refusal extends Error {}

/** The line, or what is wrong with it. Keys that are not known are ignored. */
export function parseLine(text: string): Line | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON (${(error as Error).message}): write one JSON object a line`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object: write {"type":"data",...}';
  try {
    return readFields(value as Record<string, unknown>);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function readFields(fields: Record<string, unknown>): Line {
  const type = choice(fields, 'type', TYPES, undefined);
  const pid = count(fields, 'pid', 0);
  const payload = type === 'data' ? readPayload(fields) : null;
  const bytes = count(fields, 'bytes', payload?.length ?? 0);
  if (payload !== null && payload.length > bytes) {
    throw new Refusal(`"bytes" is ${bytes}, but the payload has ${payload.length}: "bytes" is the real size, of which the payload may be a prefix`);
  }
  return {
    type, pid, payload, bytes,
    ts: time(fields),
    dur: count(fields, 'dur', 0),
    unread: count(fields, 'unread', UNKNOWN_NS),
    tid: count(fields, 'tid', pid),
    comm: text(fields, 'comm'),
    fd: count(fields, 'fd', 0),
    conn: name(fields.conn),
    role: choice(fields, 'role', ROLES, type === 'connect' ? 'client' : 'unknown'),
    dir: choice(fields, 'dir', DIRECTIONS, type === 'data' ? undefined : 'out'),
    proto: choice(fields, 'proto', TRANSPORTS, 'tcp'),
    client: text(fields, 'client'),
    server: text(fields, 'server'),
    position: count(fields, 'position', -1),
    errno: count(fields, 'errno', 0),
    by: choice(fields, 'by', ENDS, type === 'shutdown' ? 'local' : 'unknown'),
    joined: fields.joined === true,
  };
}

function choice<T extends string>(fields: Record<string, unknown>, key: string, values: readonly T[], fallback: T | undefined): T {
  const value = fields[key];
  if (value === undefined && fallback !== undefined) return fallback;
  if (values.includes(value as T)) return value as T;
  const is = value === undefined ? 'is missing' : `is ${show(value)}`;
  throw new Refusal(`"${key}" ${is}: it must be one of ${values.join(', ')}`);
}

function time(fields: Record<string, unknown>): bigint {
  const { ts } = fields;
  if (typeof ts === 'string' && /^\d{1,19}$/.test(ts)) return BigInt(ts);
  if (typeof ts === 'number' && Number.isFinite(ts) && ts >= 0) return BigInt(Math.round(ts));
  throw new Refusal(`"ts" ${ts === undefined ? 'is missing' : `is ${show(ts)}`}: write nanoseconds, as a number or (beyond 2^53) a decimal string`);
}

function count(fields: Record<string, unknown>, key: string, fallback: number): number {
  const value = fields[key];
  if (value === undefined || value === null) return fallback;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Refusal(`"${key}" is ${show(value)}: it must be a whole number from 0`);
}

function text(fields: Record<string, unknown>, key: string): string {
  const value = fields[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new Refusal(`"${key}" is ${show(value)}: it must be a string`);
}

function name(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  throw new Refusal(`"conn" is ${show(value)}: it must be a number or a string`);
}

function readPayload(fields: Record<string, unknown>): Uint8Array | null {
  if (fields.hex !== undefined) {
    const hex = text(fields, 'hex');
    if (hex.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(hex)) return Buffer.from(hex, 'hex');
    throw new Refusal('"hex" must hold two hexadecimal digits for each byte');
  }
  if (fields.base64 !== undefined) {
    const base64 = text(fields, 'base64');
    if (/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return Buffer.from(base64, 'base64');
    throw new Refusal('"base64" holds other characters than base64 has');
  }
  return fields.text === undefined ? null : Buffer.from(text(fields, 'text'));
}

/** Short, whatever stands there. */
function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 40 ? `${json.slice(0, 40)}...` : json;
}

/** Packets, commands and flags of the MySQL client/server protocol, as MySQL and MariaDB document them. */

/** Three bytes of length, one of sequence. */
export const HEADER_BYTES = 4;
/** A packet of this length is continued by the next one. */
export const MAX_PACKET_BYTES = 0xffffff;

/** First byte of an answer. */
export const OK = 0x00;
export const AUTH_MORE = 0x01;
export const GREETING = 0x0a;
export const LOCAL_INFILE = 0xfb;
export const EOF = 0xfe;
export const ERR = 0xff;
/** Payload of an EOF packet; an OK packet that stands for one is longer. */
export const EOF_BYTES = 5;
/** Error code of a MariaDB progress report. */
export const PROGRESS = 0xffff;

export const CLIENT_CONNECT_WITH_DB = 1 << 3;
export const CLIENT_COMPRESS = 1 << 5;
export const CLIENT_PROTOCOL_41 = 1 << 9;
export const CLIENT_SSL = 1 << 11;
export const CLIENT_SECURE_CONNECTION = 1 << 15;
export const CLIENT_AUTH_LENENC = 1 << 21;
export const CLIENT_DEPRECATE_EOF = 1 << 24;
export const CLIENT_ZSTD = 1 << 26;
export const CLIENT_QUERY_ATTRIBUTES = 1 << 27;

export const MORE_RESULTS = 0x0008;
export const CURSOR_EXISTS = 0x0040;

/** What answers a command. */
export const NOTHING = 0;
/** OK, ERR, LOCAL INFILE or a result set; more of them may follow. */
export const RESULT = 1;
/** One packet: OK, EOF, ERR or a string. */
export const ONE_PACKET = 2;
export const PREPARED = 3;
/** Packets up to EOF or ERR: column definitions, or the rows of a cursor. */
export const LIST = 4;
/** An exchange of the authentication plugins, up to OK or ERR. */
export const AUTHENTICATION = 5;
/** A stream without end. */
export const ENDLESS = 6;
export type Answer =
  | typeof NOTHING | typeof RESULT | typeof ONE_PACKET | typeof PREPARED | typeof LIST | typeof AUTHENTICATION | typeof ENDLESS;

export const COM_QUIT = 0x01;
export const COM_INIT_DB = 0x02;
export const COM_QUERY = 0x03;
export const COM_REFRESH = 0x07;
export const COM_SHUTDOWN = 0x08;
export const COM_PROCESS_KILL = 0x0c;
export const COM_CHANGE_USER = 0x11;
export const COM_BINLOG_DUMP = 0x12;
export const COM_STMT_PREPARE = 0x16;
export const COM_STMT_EXECUTE = 0x17;
export const COM_STMT_CLOSE = 0x19;
export const COM_STMT_RESET = 0x1a;
export const COM_SET_OPTION = 0x1b;
export const COM_STMT_FETCH = 0x1c;
export const COM_RESET_CONNECTION = 0x1f;
export const COM_STMT_BULK_EXECUTE = 0xfa;

export interface Command {
  /** Lower case, without `com_` and `stmt_`. */
  name: string;
  answer: Answer;
  /** What follows the command byte: nothing, a statement, a name, the id of a prepared statement, or something else. */
  argument: 'none' | 'statement' | 'name' | 'id' | 'other';
}

const table: ReadonlyArray<[number, string, Answer, Command['argument']]> = [
  [COM_QUIT, 'quit', NOTHING, 'none'],
  [COM_INIT_DB, 'init_db', ONE_PACKET, 'name'],
  [COM_QUERY, 'query', RESULT, 'statement'],
  [0x04, 'field_list', LIST, 'name'],
  [0x05, 'create_db', ONE_PACKET, 'name'],
  [0x06, 'drop_db', ONE_PACKET, 'name'],
  [COM_REFRESH, 'refresh', ONE_PACKET, 'other'],
  [COM_SHUTDOWN, 'shutdown', ONE_PACKET, 'other'],
  [0x09, 'statistics', ONE_PACKET, 'none'],
  [0x0a, 'process_info', RESULT, 'none'],
  [COM_PROCESS_KILL, 'process_kill', ONE_PACKET, 'other'],
  [0x0d, 'debug', ONE_PACKET, 'none'],
  [0x0e, 'ping', ONE_PACKET, 'none'],
  [COM_CHANGE_USER, 'change_user', AUTHENTICATION, 'other'],
  [COM_BINLOG_DUMP, 'binlog_dump', ENDLESS, 'other'],
  [0x13, 'table_dump', ENDLESS, 'other'],
  [0x15, 'register_slave', ONE_PACKET, 'other'],
  [COM_STMT_PREPARE, 'prepare', PREPARED, 'statement'],
  [COM_STMT_EXECUTE, 'execute', RESULT, 'id'],
  [0x18, 'send_long_data', NOTHING, 'id'],
  [COM_STMT_CLOSE, 'close', NOTHING, 'id'],
  [COM_STMT_RESET, 'reset', ONE_PACKET, 'id'],
  [COM_SET_OPTION, 'set_option', ONE_PACKET, 'other'],
  [COM_STMT_FETCH, 'fetch', LIST, 'id'],
  [0x1e, 'binlog_dump', ENDLESS, 'other'],
  [COM_RESET_CONNECTION, 'reset_connection', ONE_PACKET, 'none'],
  [COM_STMT_BULK_EXECUTE, 'execute', RESULT, 'id'],
];

/** By command byte. */
export const commands: ReadonlyArray<Command | undefined> = Array.from({ length: 256 }, (_, code) => {
  const row = table.find(([value]) => value === code);
  return row && { name: row[1], answer: row[2], argument: row[3] };
});

/** Payload of the packet at `at`. */
export function payloadBytes(buf: Uint8Array, at: number): number {
  return buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16);
}

export function uint16(buf: Uint8Array, at: number): number {
  return buf[at] | (buf[at + 1] << 8);
}

export function uint32(buf: Uint8Array, at: number): number {
  return (buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16) | (buf[at + 3] << 24)) >>> 0;
}

/** Size of the length-encoded integer at `at`; 0 if it is none. */
export function lenencSize(buf: Uint8Array, at: number): number {
  const first = buf[at];
  if (first < 0xfb) return 1;
  return first === 0xfc ? 3 : first === 0xfd ? 4 : first === 0xfe ? 9 : 0;
}

/** Value of the length-encoded integer at `at`, as a double. */
export function lenenc(buf: Uint8Array, at: number): number {
  const first = buf[at];
  if (first < 0xfb) return first;
  if (first === 0xfc) return uint16(buf, at + 1);
  if (first === 0xfd) return uint16(buf, at + 1) + buf[at + 3] * 0x10000;
  return first === 0xfe ? uint32(buf, at + 1) + uint32(buf, at + 5) * 0x100000000 : 0;
}

/**
 * A MySQL client that sends what the mariadb program does not: prepared statements, cursors, long data, pipelines, every small command.
 * For recording fixtures (the user `raw` has no password):
 *
 *     node dist/src/protocols/mysql/testing/client.js SCENARIO PORT
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const DEPRECATE_EOF = 1 << 24;
/** Of MariaDB's extended capabilities. */
const BULK_OPERATIONS = 1 << 2;
const CONNECT_WITH_DB = 1 << 3;
/** Long flag, protocol 4.1, transactions, secure connection, multiple statements and results (also of prepared ones), plugins. */
const CAPABILITIES = 0x4 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x40000 | 0x80000 | CONNECT_WITH_DB;

export function packet(sequence: number, ...parts: Array<Buffer | string | number>): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part as string))));
  return Buffer.concat([Buffer.from([body.length & 0xff, (body.length >> 8) & 0xff, body.length >> 16, sequence]), body]);
}

const int32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value >>> 0); return bytes; };
const lenenc = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);

export const login = (user: string, database: string, flags: number): Buffer => packet(
  1, int32(CAPABILITIES | flags), int32(1 << 24), 45, Buffer.alloc(19), int32(BULK_OPERATIONS), `${user}\0`, 0, `${database}\0`, 'mysql_native_password\0',
);
export const query = (sql: string): Buffer => packet(0, 0x03, sql);
export const prepare = (sql: string): Buffer => packet(0, 0x16, sql);
/** Strings only. @param cursor 1 opens a read-only cursor */
export const execute = (id: number, values: string[] = [], cursor = 0): Buffer => packet(
  0, 0x17, int32(id), cursor, int32(1),
  ...(values.length === 0 ? [] : [Buffer.alloc((values.length + 7) >> 3), 1, Buffer.concat(values.map(() => Buffer.from([0xfd, 0]))), Buffer.concat(values.map(lenenc))]),
);
/** Execute whose first parameter was sent as long data. */
const executeLong = (id: number): Buffer => packet(0, 0x17, int32(id), 0, int32(1), 0, 1, Buffer.from([0xfd, 0]));
/** MariaDB's bulk execute of one string parameter: types follow, one indicator before each value. */
const executeBulk = (id: number, values: string[]): Buffer => packet(
  0, 0xfa, int32(id), Buffer.from([0x80, 0]), Buffer.from([0xfd, 0]), ...values.flatMap((value) => [0, lenenc(value)]),
);

/** Each part is one write; `wait` lets the answers come first. The ids of prepared statements are the server's to choose. */
type Part = Buffer | 'wait' | ((ids: number[]) => Buffer);
const many = 'select id, name from items where id <= ?';

const prepared = (): Part[] => [
  prepare(many), 'wait', ([id]) => execute(id, ['3']), 'wait', ([id]) => execute(id, ['2']), 'wait',
  prepare('insert into notes (text) values (?)'), 'wait', ([, id]) => execute(id, ['hello']), 'wait',
  ([, id]) => packet(0, 0x18, int32(id), Buffer.from([0, 0]), 'x'.repeat(5000)), 'wait', ([, id]) => executeLong(id), 'wait',
  ([id]) => execute(id, ['25'], 1), 'wait', ([id]) => packet(0, 0x1c, int32(id), int32(10)), 'wait',
  ([id]) => packet(0, 0x1c, int32(id), int32(100)), 'wait', ([id]) => packet(0, 0x1a, int32(id)), 'wait',
  ([id]) => packet(0, 0x19, int32(id)), ([id]) => execute(id, ['1']), 'wait', prepare('selekt 1'), 'wait',
  prepare('select 1'), 'wait', ([,, id]) => execute(id), 'wait', prepare('commit'), 'wait', ([,,, id]) => execute(id), 'wait',
];

export const scenarios: Record<string, { flags: number; parts: () => Part[] }> = {
  'prepared-eof': { flags: 0, parts: prepared },
  prepared: { flags: DEPRECATE_EOF, parts: prepared },
  bulk: {
    flags: DEPRECATE_EOF,
    parts: () => [prepare('insert into notes (text) values (?)'), 'wait', ([id]) => executeBulk(id, ['one', 'two', 'three']), 'wait'],
  },
  commands: {
    flags: DEPRECATE_EOF,
    parts: () => [
      packet(0, 0x0e), 'wait', packet(0, 0x02, 'mysql'), 'wait', packet(0, 0x02, 'nowhere'), 'wait', packet(0, 0x02, 'shop'), 'wait',
      packet(0, 0x09), 'wait', packet(0, 0x04, 'items\0'), 'wait', packet(0, 0x04, 'missing\0'), 'wait', packet(0, 0x0a), 'wait',
      packet(0, 0x1b, Buffer.from([0, 0])), 'wait', packet(0, 0x1f), 'wait', packet(0, 0x0d), 'wait', packet(0, 0x07, 1), 'wait',
      packet(0, 0x11, 'raw\0', 0, 'shop\0', Buffer.from([45, 0]), 'mysql_native_password\0'), 'wait', packet(2), 'wait', query('select database()'), 'wait',
      query('call twice()'), 'wait', query('select 1; select * from missing; select 3'), 'wait', query('select 1; select 2; do 3'), 'wait',
      query('use mysql'), 'wait', query('select 1'), 'wait', packet(0, 0x77), 'wait',
    ],
  },
  pipeline: {
    flags: DEPRECATE_EOF,
    parts: () => [
      Buffer.concat([query('select 1'), query('select id from items where id < 4'), query('select 2')]), 'wait',
      query('select sleep(0.03)'), query('do 1'), query('select * from missing'), 'wait',
      Buffer.concat([prepare(many), execute(-1, ['2'])]), 'wait', ([id]) => Buffer.concat([execute(id, ['1']), packet(0, 0x0e), execute(id, ['5'])]), 'wait',
      query('select name from items'), query("select 'done'"), 'wait',
    ],
  },
};

/** Adds the ids that the answers to COM_STMT_PREPARE in `bytes` give. */
function collectIds(bytes: Buffer, ids: number[]): void {
  const prepareOk = Buffer.from([0x0c, 0, 0, 1, 0]);
  for (let at = bytes.indexOf(prepareOk); at >= 0; at = bytes.indexOf(prepareOk, at + 1)) ids.push(bytes.readUInt32LE(at + prepareOk.length));
}

async function main(name: string, port: number): Promise<void> {
  const { flags, parts } = scenarios[name];
  const ids: number[] = [];
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('data', (bytes) => { collectIds(bytes, ids); });
  await sleep(60);
  for (const part of [login('raw', 'shop', flags), 'wait' as const, ...parts(), packet(0, 0x01)]) {
    if (part === 'wait') await sleep(60);
    else {
      socket.write(typeof part === 'function' ? part(ids) : part);
      await sleep(2);
    }
  }
  socket.end();
}

if (process.argv[1]?.endsWith('mysql/testing/client.js')) await main(process.argv[2], Number(process.argv[3]));

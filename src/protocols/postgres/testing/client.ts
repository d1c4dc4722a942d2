/**
 * A PostgreSQL client that sends what psql and pgbench do not: pipelines with several Executes before a Sync, several Syncs in flight,
 * failures amid a batch, portals fetched in pieces, function calls. For recording fixtures:
 *
 *     node dist/src/protocols/postgres/testing/client.js SCENARIO PORT
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const int32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes; };

function typed(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

export const query = (sql: string): Buffer => typed('Q', text(sql));
export const parse = (name: string, sql: string): Buffer => typed('P', text(name), text(sql), int16(0));
export const bind = (portal: string, name: string, ...values: string[]): Buffer => typed(
  'B', text(portal), text(name), int16(0), int16(values.length),
  ...values.flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]), int16(0),
);
export const describe = (kind: 'S' | 'P', name: string): Buffer => typed('D', Buffer.from(kind), text(name));
export const execute = (portal: string, maxRows = 0): Buffer => typed('E', text(portal), int32(maxRows));
export const close = (kind: 'S' | 'P', name: string): Buffer => typed('C', Buffer.from(kind), text(name));
export const sync = (): Buffer => typed('S');
export const flush = (): Buffer => typed('H');
export const functionCall = (oid: number, value: number): Buffer => typed('F', int32(oid), int16(1), int16(1), int16(1), int32(4), int32(value), int16(1));
export const startup = (user: string, database: string): Buffer => {
  const body = Buffer.concat([int32(196_608), text('user'), text(user), text('database'), text(database), Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
};

/** Each part is one write; `wait` lets the answers come first. */
type Part = Buffer | 'wait';
const run = (name: string, ...values: string[]): Buffer => Buffer.concat([bind('', name, ...values), describe('P', ''), execute('')]);

export const scenarios: Record<string, () => Part[]> = {
  pipeline: () => [
    Buffer.concat([parse('one', 'select $1::int + 1'), parse('two', 'select generate_series(1, $1::int)'), sync()]), 'wait',
    Buffer.concat([run('one', '1'), run('two', '5'), run('one', '2'), sync()]), 'wait',
    Buffer.concat([run('one', '3'), sync(), run('two', '3'), sync(), run('one', '4'), sync()]), 'wait',
    Buffer.concat([run('one', '5'), sync()]), Buffer.concat([run('two', '2'), sync()]), Buffer.concat([run('one', '6'), sync(), query('select 7; select 8')]), 'wait',
  ],
  failures: () => [
    Buffer.concat([parse('div', 'select 10 / $1::int'), parse('one', 'select $1::int'), sync()]), 'wait',
    Buffer.concat([run('one', '1'), run('div', '0'), run('one', '2'), run('one', '3'), sync(), run('one', '4'), sync()]), 'wait',
    Buffer.concat([parse('', 'selekt 1'), describe('S', ''), sync()]), 'wait',
    Buffer.concat([parse('', 'select nothing from nowhere'), bind('', ''), execute(''), sync()]), 'wait',
    Buffer.concat([parse('', 'selekt 2'), flush()]), 'wait', Buffer.concat([bind('', ''), execute(''), sync()]), 'wait',
    query(''), 'wait', query('select 1; select 1/0; select 2'), 'wait', Buffer.concat([bind('', 'missing'), execute(''), sync()]), 'wait',
  ],
  portals: () => [
    Buffer.concat([query('begin'), parse('many', 'select generate_series(1, 25)'), bind('cursor', 'many'), sync()]), 'wait',
    Buffer.concat([execute('cursor', 10), sync()]), 'wait', Buffer.concat([execute('cursor', 10), flush()]), 'wait',
    Buffer.concat([execute('cursor', 10), sync()]), 'wait', Buffer.concat([close('P', 'cursor'), close('S', 'many'), sync()]), 'wait',
    query('commit'), 'wait', functionCall(1397, -5), 'wait',
    Buffer.concat([parse('', 'select repeat($1, 30000), 2'), describe('S', ''), flush()]), 'wait', 'wait',
    Buffer.concat([bind('', '', 'a'), execute(''), sync()]), 'wait',
    Buffer.concat([parse('', `insert into wide select '${'x'.repeat(3000)}'`), bind('', ''), execute(''), close('S', ''), sync()]), 'wait',
    Buffer.concat([parse('', "alter role postgres password 'hidden'"), bind('', ''), execute(''), sync()]), 'wait',
  ],
};

async function main(scenario: string, port: number): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.resume();
  const parts: Part[] = [startup('postgres', 'shop'), 'wait', query('create temp table wide (text text)'), 'wait', ...scenarios[scenario](), typed('X')];
  for (const part of parts) {
    if (part === 'wait') await sleep(60);
    else {
      socket.write(part);
      await sleep(2);
    }
  }
  socket.end();
}

if (process.argv[1]?.endsWith('postgres/testing/client.js')) await main(process.argv[2], Number(process.argv[3]));

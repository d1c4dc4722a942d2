/** PostgreSQL's frontend/backend protocol, version 3 (PostgreSQL manual, chapter 55). */
import type { Protocol } from '../protocol.js';
import { NO } from '../protocol.js';
import { detect } from './detect.js';
import { PostgresParser } from './parser.js';

export const postgres: Protocol = {
  name: 'postgres',
  transports: ['stream'],
  detect: (buf, start, end, transport) => (transport === 'stream' ? detect(buf, start, end) : NO),
  create: (context, transport, joined) => new PostgresParser(context, joined),
};

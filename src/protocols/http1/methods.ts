import { latin1 } from '../text.js';

/** Longest method token taken for one. The registry's longest is UPDATEREDIRECTREF (17). */
export const MAX_METHOD = 32;

const GET = 0x47455420;
const POST = 0x504f5354;
const PUT = 0x50555420;
const HEAD = 0x48454144;

const METHODS = [
  'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'REPORT',
  'SEARCH', 'PURGE', 'LINK', 'UNLINK', 'QUERY', 'MKCALENDAR', 'ACL',
];
const byFirstBytes = new Map<number, string>(METHODS.map((method) => [firstBytes(Buffer.from(`${method} `), 0), method]));

function firstBytes(buf: Uint8Array, at: number): number {
  return (buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3];
}

/** The method in `buf[from, to)`, which a space follows. */
export function methodAt(buf: Uint8Array, from: number, to: number): string {
  switch (firstBytes(buf, from)) {
    case GET: return 'GET';
    case POST: if (to - from === 4) return 'POST'; break;
    case PUT: return 'PUT';
    case HEAD: if (to - from === 4) return 'HEAD'; break;
    default:
  }
  const known = byFirstBytes.get(firstBytes(buf, from));
  if (known !== undefined && known.length === to - from) {
    let i = 4;
    while (i < known.length && buf[from + i] === known.charCodeAt(i)) i++;
    if (i >= known.length) return known;
  }
  return latin1(buf, from, to);
}

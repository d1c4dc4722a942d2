/** The verb of a statement, read from its bytes without decoding them. */

const VERBS = [
  'select', 'insert', 'update', 'delete', 'merge', 'replace', 'upsert', 'values', 'table', 'with', 'begin', 'start', 'commit', 'end',
  'rollback', 'abort', 'savepoint', 'release', 'prepare', 'execute', 'deallocate', 'declare', 'fetch', 'move', 'close', 'copy', 'call',
  'do', 'set', 'reset', 'show', 'explain', 'describe', 'desc', 'analyze', 'vacuum', 'reindex', 'cluster', 'checkpoint', 'create',
  'alter', 'drop', 'truncate', 'comment', 'grant', 'revoke', 'reassign', 'refresh', 'import', 'security', 'listen', 'unlisten',
  'notify', 'lock', 'unlock', 'discard', 'load', 'use', 'handler', 'kill', 'optimize', 'repair', 'check', 'checksum', 'flush',
  'install', 'uninstall', 'rename', 'signal', 'resignal', 'get', 'xa', 'purge', 'change', 'stop', 'help', 'binlog', 'cache',
  'shutdown', 'restart', 'clone', 'backup', 'identify_system', 'start_replication', 'base_backup', 'create_replication_slot',
  'drop_replication_slot', 'timeline_history', 'read_replication_slot',
];
const LONGEST_VERB = 24;
/** Statements a WITH clause may lead to. */
const MAIN_VERBS = new Set(['select', 'insert', 'update', 'delete', 'merge', 'replace', 'values', 'table']);

const verbsByHash = new Map(VERBS.map((verb) => [hashOf(Buffer.from(verb), 0, verb.length), verb]));

/** Hash of a word in any case; letters and underscore only. */
function hashOf(buf: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (buf[at] === 0x5f ? 0x5f : buf[at] | 0x20)) | 0;
  return hash;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** First byte after the white space and comments at `from`. */
function skipBlank(buf: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    if (isSpace(buf[at])) at++;
    else if (buf[at] === 0x2d && buf[at + 1] === 0x2d) at = skipLine(buf, at, to);
    else if (buf[at] === 0x23) at = skipLine(buf, at, to);
    else if (buf[at] === 0x2f && buf[at + 1] === 0x2a) {
      // MySQL runs what stands in /*!40101 ... */.
      if (buf[at + 2] === 0x21) {
        at += 3;
        while (at < to && buf[at] >= 0x30 && buf[at] <= 0x39) at++;
      } else at = skipComment(buf, at, to);
    } else break;
  }
  return Math.min(at, to);
}

function skipLine(buf: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && buf[at] !== 0x0a) at++;
  return at;
}

/** PostgreSQL's comments nest; MySQL's do not, and nobody writes one in another there. */
function skipComment(buf: Uint8Array, from: number, to: number): number {
  let depth = 0;
  let at = from;
  while (at + 1 < to) {
    if (buf[at] === 0x2f && buf[at + 1] === 0x2a) { depth++; at += 2; }
    else if (buf[at] === 0x2a && buf[at + 1] === 0x2f) {
      at += 2;
      if (--depth === 0) return at;
    } else at++;
  }
  return to;
}

/** Just behind a quoted piece that begins at `from`; a doubled quote is two pieces, which comes to the same. */
function skipQuoted(buf: Uint8Array, from: number, to: number): number {
  const quote = buf[from];
  let at = from + 1;
  while (at < to && buf[at] !== quote) at++;
  return at + 1;
}

function wordEnd(buf: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isLetter(buf[at])) at++;
  return at;
}

function verbAt(buf: Uint8Array, from: number, end: number): string {
  if (end - from > LONGEST_VERB) return '';
  const verb = verbsByHash.get(hashOf(buf, from, end));
  return verb !== undefined && verb.length === end - from ? verb : '';
}

/** Lower-case verb of the (first) statement in `buf[from, to)`; `other` when it is none we know, `empty` when there is none. */
export function operationOf(buf: Uint8Array, from: number, to: number): string {
  let at = skipBlank(buf, from, to);
  while (at < to && (buf[at] === 0x28 || buf[at] === 0x3b)) at = skipBlank(buf, at + 1, to);
  if (at >= to) return 'empty';
  const end = wordEnd(buf, at, to);
  const verb = verbAt(buf, at, end);
  if (verb === 'with') return mainVerb(buf, end, to);
  return verb === '' ? 'other' : verb;
}

/** The verb that follows the common table expressions: the first one outside of parentheses and quotes. */
function mainVerb(buf: Uint8Array, from: number, to: number): string {
  let depth = 0;
  let at = from;
  while ((at = skipBlank(buf, at, to)) < to) {
    const byte = buf[at];
    if (byte === 0x27 || byte === 0x22 || byte === 0x60) at = skipQuoted(buf, at, to);
    else if (isLetter(byte)) {
      const end = wordEnd(buf, at, to);
      if (depth === 0) {
        const verb = verbAt(buf, at, end);
        if (MAIN_VERBS.has(verb)) return verb;
      }
      at = end;
    } else {
      if (byte === 0x28) depth++;
      else if (byte === 0x29) depth--;
      at++;
    }
  }
  return 'with';
}

/** The client's byte stream: commands as arrays of bulk strings, or inline. Takes argument by argument, each byte once. */
import type { Payload } from '../../streams/payload.js';
import type { IncompleteReason, ParserContext, Window } from '../protocol.js';
import { LOST, MORE, PAYLOAD_PREFIX } from '../protocol.js';
import { LastText, latin1 } from '../text.js';
import type { Command } from './commands.js';
import { CONTAINER, CommandTable, SECRET, subcommand } from './commands.js';
import { ARRAY, findLineFeed, readLength } from './resp.js';

const BULK = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const MAX_HEADER = 32;
const MAX_NAME = 64;
const MAX_KEY = 256;
const MAX_INLINE = 4096;
const MAX_ARGUMENTS = 2 ** 31;
const NO_LIMIT = 2 ** 52;
/** More bytes are needed to go on. */
const WAIT = -2;

const commands = new CommandTable();

/** A command whose last byte has gone by. */
export interface RequestSink {
  commandEnded(request: RequestSide, ns: number, tid: number): void;
  requestsLost(reason: IncompleteReason): void;
}

export class RequestSide {
  /** Of the command under way, or of the one just ended while `commandEnded` is called. */
  command: Command | null = null;
  key = '';
  argumentCount = 0;
  bytes = 0;
  startNs = 0;
  unreadNs = 0;
  payload: Payload | null = null;
  incomplete: IncompleteReason = '';
  private argumentsLeft = 0;
  private index = 0;
  private wantedKey = 0;
  private skip = 0;
  /** How many of the message's bytes may be shown: credentials follow. */
  private shown = NO_LIMIT;
  private readonly lastKey = new LastText();

  constructor(private readonly context: ParserContext, private readonly sink: RequestSink) {}

  private get open(): boolean {
    return this.argumentsLeft > 0 || this.skip > 0;
  }

  parse(window: Window): number {
    const { buf, start, end, missing } = window;
    // Nothing of this call was captured, but the argument under way says how long it is.
    if (start === end) return missing > 0 && this.skip > 0 ? this.passBy() : MORE;
    let p = start;
    let ns = window.firstNs;
    let unreadNs = window.firstUnreadNs;
    while (p < end) {
      const from = p;
      if (!this.open) {
        p = this.begin(buf, from, end, ns, unreadNs);
        if (p === WAIT || (p === LOST && from > start)) return from - start;
        if (p === LOST) return LOST;
        if (!this.open) continue;
      }
      const after = this.takeArguments(buf, from, p, end, missing);
      if (after === LOST) {
        // Behind whole commands: comes again on its own.
        if (from > start) this.argumentsLeft = this.skip = 0;
        return from > start ? from - start : LOST;
      }
      this.account(buf, from, after, end);
      if (this.open) return after - start;
      p = after;
      ns = window.lastNs;
      unreadNs = window.lastUnreadNs;
      this.ended(window.lastNs, window.lastTid);
    }
    return p - start;
  }

  private passBy(): number {
    this.bytes += this.skip;
    return this.skip;
  }

  /** @returns the offset behind the command's first line, WAIT or LOST */
  private begin(buf: Uint8Array, at: number, end: number, ns: number, unreadNs: number): number {
    const first = buf[at];
    if (first === CR || first === LF) return at + 1;
    if (first !== ARRAY) return this.inline(buf, at, end, ns, unreadNs);
    const lineFeed = findLineFeed(buf, at, end < at + MAX_HEADER ? end : at + MAX_HEADER);
    if (lineFeed < 0) return end - at >= MAX_HEADER ? LOST : WAIT;
    const count = readLength(buf, at + 1, lineFeed - 1);
    if (count < -1 || count > MAX_ARGUMENTS || buf[lineFeed - 1] !== CR) return LOST;
    if (count > 0) this.reset(count, ns, unreadNs);
    return lineFeed + 1;
  }

  private reset(count: number, ns: number, unreadNs: number): void {
    this.argumentCount = this.argumentsLeft = count;
    this.index = 0;
    this.wantedKey = 0;
    this.command = null;
    this.key = '';
    this.bytes = 0;
    this.startNs = ns;
    this.unreadNs = unreadNs;
    this.payload = null;
    this.incomplete = '';
    this.shown = NO_LIMIT;
  }

  /** @returns the offset behind what was taken (beyond `end` when known bytes follow), or LOST */
  private takeArguments(buf: Uint8Array, messageFrom: number, from: number, end: number, missing: number): number {
    let p = from;
    while (this.open) {
      if (this.skip > 0) {
        if (this.skip > end - p) return this.takePart(p, end, missing, messageFrom);
        p += this.skip;
        this.skip = 0;
        continue;
      }
      if (p >= end) return p;
      if (buf[p] !== BULK) return LOST;
      const lineFeed = findLineFeed(buf, p, end < p + MAX_HEADER ? end : p + MAX_HEADER);
      if (lineFeed < 0) return end - p >= MAX_HEADER ? LOST : p;
      const length = readLength(buf, p + 1, lineFeed - 1);
      if (length < 0) return LOST;
      const data = lineFeed + 1;
      if (this.index <= 1 || this.index === this.wantedKey || this.wantedKey < 0) {
        const taken = this.takeArgument(buf, data, data + length, end, missing, data - messageFrom);
        if (taken === WAIT) return p;
        if (taken === LOST) return LOST;
      }
      this.index++;
      this.argumentsLeft--;
      this.skip = length + 2;
      p = data;
    }
    return p;
  }

  /** More of the argument follows than the window has. */
  private takePart(p: number, end: number, missing: number, from: number): number {
    const payloadLength = this.payload === null ? 0 : this.payload.length;
    if (missing > 0 || payloadLength + end - from >= PAYLOAD_PREFIX) return p + this.skip;
    this.skip -= end - p;
    return end;
  }

  /** Looks at the argument `buf[from, to)`, of which only what is before `end` is there. */
  private takeArgument(buf: Uint8Array, from: number, to: number, end: number, missing: number, offset: number): number {
    const needed = this.index > 0 && to - from > MAX_KEY ? from + MAX_KEY : to;
    if (needed > end && (this.index === 0 || missing === 0)) return this.index === 0 && (to - from > MAX_NAME || missing > 0) ? LOST : WAIT;
    const available = needed < end ? needed : end;
    if (this.index === 0) return this.takeName(buf, from, to, offset);
    if (this.index === 1 && this.command !== null && (this.command.flags & CONTAINER) !== 0) this.takeSubcommand(buf, from, available, offset);
    if (this.wantedKey < 0) {
      if (to - from === 7 && latin1(buf, from, available).toUpperCase() === 'STREAMS') this.wantedKey = this.index + 1;
    } else if (this.index === this.wantedKey) {
      this.key = this.lastKey.read(buf, from, available, MAX_KEY);
    }
    return available;
  }

  private takeName(buf: Uint8Array, from: number, to: number, offset: number): number {
    if (to === from || to - from > MAX_NAME || buf[from] < 0x41) return LOST;
    const command = commands.find(buf, from, to);
    this.command = command;
    this.wantedKey = command.key;
    // HELLO 3 alone names nobody.
    if ((command.flags & SECRET) !== 0 && (command.name !== 'HELLO' || this.argumentCount > 2)) this.shown = this.bytes + offset + to - from;
    return to;
  }

  private takeSubcommand(buf: Uint8Array, from: number, to: number, offset: number): void {
    if (this.command === null || !isWord(buf, from, to)) return;
    this.command = subcommand(this.command, latin1(buf, from, to));
    this.wantedKey = this.command.key;
    if ((this.command.flags & SECRET) !== 0) this.shown = this.bytes + offset + to - from;
  }

  /** Adds `buf[from, to)` to the command under way; what is beyond `end` only to its size. */
  private account(buf: Uint8Array, from: number, to: number, end: number): void {
    const before = this.bytes;
    this.bytes += to - from;
    let shownTo = to < end ? to : end;
    if (shownTo - from > this.shown - before) shownTo = from + this.shown - before;
    if (this.payload === null) this.payload = this.context.copy(buf, from, shownTo > from ? shownTo : from);
    else this.payload = this.payload.with(buf, from, shownTo);
  }

  /** `PING` or `SET key value` on a line of its own. */
  private inline(buf: Uint8Array, at: number, end: number, ns: number, unreadNs: number): number {
    const lineFeed = findLineFeed(buf, at, end < at + MAX_INLINE ? end : at + MAX_INLINE);
    const nameEnd = wordEnd(buf, at, lineFeed < 0 ? end : lineFeed);
    if (!isWord(buf, at, nameEnd)) return LOST;
    if (lineFeed < 0) return end - at >= MAX_INLINE ? LOST : WAIT;
    const lineEnd = buf[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
    this.reset(countWords(buf, at, lineEnd), ns, unreadNs);
    if (this.takeName(buf, at, nameEnd, 0) === LOST) return this.refuse();
    for (let p = nameEnd, index = 1; index <= 3; index++) {
      while (p < lineEnd && buf[p] === SPACE) p++;
      if (p >= lineEnd) break;
      const to = wordEnd(buf, p, lineEnd);
      if (index === 1 && this.command !== null && (this.command.flags & CONTAINER) !== 0) this.takeSubcommand(buf, p, to, p - at);
      if (index === this.wantedKey) this.key = this.lastKey.read(buf, p, to, MAX_KEY);
      p = to;
    }
    // The line passes as if it were one argument.
    this.argumentsLeft = 0;
    this.skip = lineFeed + 1 - at;
    return at;
  }

  private refuse(): typeof LOST {
    this.argumentsLeft = 0;
    return LOST;
  }

  private ended(ns: number, tid: number): void {
    this.sink.commandEnded(this, ns, tid);
    this.payload = null;
  }

  passed(ns: number, tid: number): void {
    this.skip = 0;
    if (this.argumentsLeft === 0) this.ended(ns, tid);
  }

  /** The rest of the command under way is not known: what is goes on, marked. */
  abort(bytes: number, ns: number, reason: IncompleteReason): void {
    const known = this.open && this.command !== null;
    this.argumentsLeft = this.skip = 0;
    if (!known) return;
    this.bytes += bytes;
    this.incomplete = reason;
    this.ended(ns, 0);
  }
}

function isWord(buf: Uint8Array, from: number, to: number): boolean {
  if (to <= from || to - from > MAX_NAME) return false;
  for (let p = from; p < to; p++) {
    const letter = buf[p] | 0x20;
    if (!((letter >= 0x61 && letter <= 0x7a) || buf[p] === 0x2d || buf[p] === 0x2e || buf[p] === 0x5f)) return false;
  }
  return true;
}

function wordEnd(buf: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && buf[p] !== SPACE && buf[p] !== CR) p++;
  return p;
}

function countWords(buf: Uint8Array, from: number, to: number): number {
  let words = 0;
  for (let p = from; p < to; p++) if (buf[p] !== SPACE && (p === from || buf[p - 1] === SPACE)) words++;
  return words;
}

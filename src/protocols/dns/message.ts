/** A DNS message (RFC 1035, EDNS RFC 6891): header, first question and the walk over its records. */
import { OPT, OPCODE_QUERY, opcodeName, typeName } from './codes.js';
import { NameReader } from './name.js';
import { recordText } from './records.js';

const HEADER = 12;
const QUESTION_TAIL = 4;
/** Type, class, time to live, length of the data. */
const RECORD_HEAD = 10;
const MAX_ANSWERS = 16;
const MAX_ANSWERS_TEXT = 512;
const EXTENDED_ERROR = 15;
const NO_TTL = -1;
/** Real messages have far fewer; the walk must end. */
const MAX_RECORDS = 1_000;

export class DnsMessage {
  id = 0;
  isResponse = false;
  opcode = 0;
  truncated = false;
  rcode = 0;
  questions = 0;
  answers = 0;
  authorities = 0;
  additionals = 0;
  name = '';
  type = 0;
  /** Data of the answers, in words; bounded. */
  answerText = '';
  /** Smallest time to live of the answers, seconds, or -1. */
  ttlSeconds = NO_TTL;
  /** Text of an extended DNS error (RFC 8914). */
  extendedError = '';
  /** Every record that the header counts was found, and nothing behind them. */
  whole = false;
  readonly #names = new NameReader();
  #answerCount = 0;

  /** False when not even header and question can be read. */
  read(buf: Uint8Array, start: number, end: number): boolean {
    if (!this.readHead(buf, start, end)) return false;
    this.answerText = '';
    this.ttlSeconds = NO_TTL;
    this.extendedError = '';
    this.#answerCount = 0;
    const records = this.answers + this.authorities + this.additionals;
    let at = this.#questionsEnd;
    for (let i = 0; i < records && i < MAX_RECORDS && at >= 0; i++) at = this.#readRecord(buf, start, at, end, i < this.answers);
    this.whole = at === end && records <= MAX_RECORDS;
    if (this.#answerCount > MAX_ANSWERS) this.answerText += `, ${this.#answerCount - MAX_ANSWERS} more`;
    return true;
  }

  #questionsEnd = 0;

  /** Header and question only. */
  readHead(buf: Uint8Array, start: number, end: number): boolean {
    if (end - start < HEADER) return false;
    const flags = word(buf, start + 2);
    this.id = word(buf, start);
    this.isResponse = (flags & 0x8000) !== 0;
    this.opcode = (flags >> 11) & 15;
    this.truncated = (flags & 0x0200) !== 0;
    this.rcode = flags & 15;
    this.questions = word(buf, start + 4);
    this.answers = word(buf, start + 6);
    this.authorities = word(buf, start + 8);
    this.additionals = word(buf, start + 10);
    this.name = '';
    this.type = 0;
    this.#questionsEnd = start + HEADER;
    return this.questions === 0 || (this.questions === 1 && this.#readQuestion(buf, start, end));
  }

  /** `A`, `AAAA`...; for anything but a query its kind: `NOTIFY`, `UPDATE`. */
  get operation(): string {
    if (this.opcode !== OPCODE_QUERY) return opcodeName(this.opcode);
    return this.questions === 0 ? '' : typeName(this.type);
  }

  #readQuestion(buf: Uint8Array, start: number, end: number): boolean {
    this.name = this.#names.read(buf, start, start + HEADER, end);
    const at = this.#names.next;
    if (at < 0 || at + QUESTION_TAIL > end) return false;
    this.type = word(buf, at);
    this.#questionsEnd = at + QUESTION_TAIL;
    return true;
  }

  /** Where the record ends, or -1. */
  #readRecord(buf: Uint8Array, start: number, at: number, end: number, isAnswer: boolean): number {
    at = this.#names.skip(buf, at, end);
    if (at < 0 || at + RECORD_HEAD > end) return -1;
    const type = word(buf, at);
    const from = at + RECORD_HEAD;
    const to = from + word(buf, at + 8);
    if (to > end) return -1;
    if (type === OPT) this.#readOptions(buf, buf[at + 4], from, to);
    else if (isAnswer) this.#addAnswer(type, word(buf, at + 4) * 65_536 + word(buf, at + 6), recordText(type, buf, start, from, to));
    return to;
  }

  #addAnswer(type: number, ttlSeconds: number, text: string): void {
    if (this.ttlSeconds === NO_TTL || ttlSeconds < this.ttlSeconds) this.ttlSeconds = ttlSeconds;
    if (++this.#answerCount > MAX_ANSWERS) return;
    const isAddress = type === 1 || type === 28;
    const answer = isAddress ? text : `${typeName(type)} ${text}`;
    this.answerText = (this.answerText === '' ? answer : `${this.answerText}, ${answer}`).slice(0, MAX_ANSWERS_TEXT);
  }

  /** @param extendedRcode upper eight bits of the response code */
  #readOptions(buf: Uint8Array, extendedRcode: number, from: number, to: number): void {
    if (this.isResponse) this.rcode |= extendedRcode << 4;
    for (let at = from; at + 4 <= to;) {
      const code = word(buf, at);
      const behind = at + 4 + word(buf, at + 2);
      if (behind > to) return;
      if (code === EXTENDED_ERROR && behind - at >= 6) this.extendedError = `extended error ${word(buf, at + 4)}${errorText(buf, at + 6, behind)}`;
      at = behind;
    }
  }
}

function errorText(buf: Uint8Array, from: number, to: number): string {
  return from < to ? `: ${Buffer.from(buf.subarray(from, to)).toString('utf8')}` : '';
}

export function word(buf: Uint8Array, at: number): number {
  return (buf[at] << 8) | buf[at + 1];
}

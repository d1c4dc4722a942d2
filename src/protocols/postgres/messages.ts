/** Message types and startup codes of the PostgreSQL frontend/backend protocol, version 3 (PostgreSQL manual, chapter 55.7). */

/** Sent by the client. */
export const BIND = 0x42; // B
export const CLOSE = 0x43; // C
export const DESCRIBE = 0x44; // D
export const EXECUTE = 0x45; // E
export const FUNCTION_CALL = 0x46; // F
export const FLUSH = 0x48; // H
export const PARSE = 0x50; // P
export const QUERY = 0x51; // Q
export const SYNC = 0x53; // S
export const TERMINATE = 0x58; // X
export const COPY_FAIL = 0x66; // f
export const PASSWORD = 0x70; // p, also SASL and GSS answers

/** Sent by either. */
export const COPY_DONE = 0x63; // c
export const COPY_DATA = 0x64; // d

/** Sent by the server. */
export const PARSE_COMPLETE = 0x31;
export const BIND_COMPLETE = 0x32;
export const CLOSE_COMPLETE = 0x33;
export const NOTIFICATION = 0x41; // A
export const COMMAND_COMPLETE = 0x43; // C
export const DATA_ROW = 0x44; // D
export const ERROR_RESPONSE = 0x45; // E
export const COPY_IN = 0x47; // G
export const COPY_OUT = 0x48; // H
export const EMPTY_QUERY = 0x49; // I
export const BACKEND_KEY = 0x4b; // K
export const NOTICE = 0x4e; // N
export const AUTHENTICATION = 0x52; // R
export const PARAMETER_STATUS = 0x53; // S
export const ROW_DESCRIPTION = 0x54; // T
export const FUNCTION_RESULT = 0x56; // V
export const COPY_BOTH = 0x57; // W
export const READY = 0x5a; // Z
export const NO_DATA = 0x6e; // n
export const PORTAL_SUSPENDED = 0x73; // s
export const PARAMETER_DESCRIPTION = 0x74; // t
export const NEGOTIATE_VERSION = 0x76; // v

/** Codes that stand where a StartupMessage has its version. */
export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
export const MAJOR_VERSION = 3;
/** The server takes no longer one (MAX_STARTUP_PACKET_LENGTH). */
export const MAX_STARTUP_BYTES = 10_000;

/** Type and length. */
export const HEADER_BYTES = 5;
/** Below every length that begins with a printable character: text is never taken for a message. */
export const MAX_MESSAGE_BYTES = 0x1fffffff;

/** Length of the message at `at`, type included; 0 when it cannot be one. The header must be there. */
export function messageBytes(buf: Uint8Array, at: number): number {
  if (buf[at + 1] > 0x1f) return 0;
  const length = (buf[at + 1] << 24) | (buf[at + 2] << 16) | (buf[at + 3] << 8) | buf[at + 4];
  return length < 4 ? 0 : length + 1;
}

export function int32(buf: Uint8Array, at: number): number {
  return (buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3];
}

export function int16(buf: Uint8Array, at: number): number {
  return (buf[at] << 8) | buf[at + 1];
}

/** A StartupMessage, or one of the requests in its place, can begin at `at`; at least 8 bytes must be there. */
export function isStartup(buf: Uint8Array, at: number): boolean {
  const length = int32(buf, at);
  const code = int32(buf, at + 4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return length === 8;
  if (code === CANCEL_REQUEST) return length >= 16 && length <= 268;
  return length > 8 && length <= MAX_STARTUP_BYTES && code >>> 16 === MAJOR_VERSION && (code & 0xffff) < 10_000;
}

/** The head of an HTTP/1 message, as far as a captured prefix holds it. */
export interface HttpHeader { name: string; value: string }

export interface HttpMessage {
  firstLine: string;
  headers: HttpHeader[];
  /** Bytes of the head with its blank line; null when the prefix ends before. */
  headBytes: number | null;
  /** What follows the head in the prefix; null when nothing does. */
  body: Buffer | null;
}

export function readHttpMessage(payload: Uint8Array | null): HttpMessage | null {
  if (payload === null || payload.length === 0) return null;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const end = bytes.indexOf('\r\n\r\n');
  const lines = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).split('\r\n');
  // The last line of a cut head is not whole.
  if (end < 0 && lines.length > 1) lines.pop();
  const headers = lines.slice(1).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [{ name: line.slice(0, colon), value: line.slice(colon + 1).trim() }] : [];
  });
  const headBytes = end < 0 ? null : end + 4;
  return { firstLine: lines[0], headers, headBytes, body: headBytes !== null && headBytes < bytes.length ? bytes.subarray(headBytes) : null };
}

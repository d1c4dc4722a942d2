/** What came off the wire, as text that cannot hide or rearrange anything. */

export interface TextPart { text: string; special: boolean }

/** C0, DEL, C1, soft hyphen, zero-width, bidirectional and other invisible formatting, byte order mark, lone surrogates. */
const SPECIAL =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Record<string, string> = { '\0': '\\0', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\x1b': '\\e' };

function name(character: string): string {
  const code = character.charCodeAt(0);
  if (SHORT[character]) return SHORT[character];
  // Unicode's control pictures would be nicer; most fonts lack them.
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Line breaks and tabs stay when `lines` is set, with their sign before them. */
export function visibleParts(text: string, lines = false): TextPart[] {
  const parts: TextPart[] = [];
  let last = 0;
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index > last) parts.push({ text: text.slice(last, match.index), special: false });
    parts.push({ text: name(match[0]), special: true });
    if (lines && (match[0] === '\n' || match[0] === '\t')) parts.push({ text: match[0], special: false });
    last = match.index + match[0].length;
  }
  if (last < text.length) parts.push({ text: text.slice(last), special: false });
  return parts;
}

/** On one line, cut to a length. */
export function visible(text: string, limit = 300): string {
  const cut = text.length > limit ? text.slice(0, limit) + '…' : text;
  return visibleParts(cut).map((part) => part.text).join('');
}

export function bytesFromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Rows of 16 bytes: offset, hex, characters. */
export function hexRows(bytes: Uint8Array): Array<{ offset: string; hex: string; text: string }> {
  const rows = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const pairs = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    rows.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(48),
      text: Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return rows;
}

/** More than a third of bytes that are no text: hex is the better view. */
export function looksBinary(bytes: Uint8Array): boolean {
  let odd = 0;
  for (const byte of bytes) if ((byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f) odd++;
  return odd * 3 > bytes.length;
}

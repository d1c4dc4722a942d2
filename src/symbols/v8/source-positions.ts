/**
 * V8's tables of source positions (source-position-table.cc, source-position.h): which place of the script a piece of compiled code was made from,
 * and into what it was inlined. Pure: any bytes give positions or none.
 */

export interface SourcePosition {
  /** Characters from the script's start; -1: none. */
  scriptOffset: number;
  /** Index into the code's inlining positions; -1: of the compiled function itself. */
  inliningId: number;
}

const mostEntries = 200_000;
const longestInteger = 8;
const scriptOffsetUnit = 2;
const inliningIdUnit = 2 ** 31;
const inliningIds = 2 ** 16;

/** Bit 0: not of a script (asm.js); 30 bits of offset and 16 of inlining id, both stored with 1 added. */
export function sourcePosition(raw: number): SourcePosition | null {
  if (raw < 0 || raw % 2 !== 0) return null;
  return { scriptOffset: (Math.floor(raw / scriptOffsetUnit) % 2 ** 30) - 1, inliningId: (Math.floor(raw / inliningIdUnit) % inliningIds) - 1 };
}

/** The entry for an instruction: the last one that begins at or before `codeOffset`; null when the table has none. */
export function positionAt(table: Uint8Array, codeOffset: number): SourcePosition | null {
  let at = 0;
  let offset = 0;
  let raw = 0;
  let found: number | null = null;
  /** Differences, as zigzag integers of 7 bits a byte, lowest first. */
  const integer = (): number | null => {
    let value = 0;
    for (let index = 0; index < longestInteger && at < table.length; index++) {
      const byte = table[at++];
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (!(byte & 0x80)) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return null;
  };
  for (let entry = 0; entry < mostEntries; entry++) {
    const code = integer();
    const position = integer();
    if (code === null || position === null) break;
    // Negative: an expression, not a statement.
    offset += code >= 0 ? code : -(code + 1);
    if (offset > codeOffset) break;
    raw += position;
    found = raw;
  }
  return found === null ? null : sourcePosition(found);
}

/** Whether an address can be a return address: it follows a call. */

/** The longest call instruction there is: with a prefix, a SIB byte and 32 bits of displacement. */
export const LONGEST_CALL = 7;

/** Whether x86-64 code can end with a call: E8 and 32 bits, or FF /2 with its operands (Intel SDM, CALL). */
export function endsWithCall(code: Uint8Array): boolean {
  const end = code.length;
  if (code[end - 5] === 0xe8) return true;
  for (let length = 2; length <= LONGEST_CALL && length <= end; length++) {
    if (code[end - length] === 0xff && operandBytes(code, end - length + 1) === length - 1) return true;
  }
  return false;
}

/** ModRM with /2, SIB and displacement at `at`; -1 when it is no near call. */
function operandBytes(code: Uint8Array, at: number): number {
  const modrm = code[at];
  if (((modrm >> 3) & 7) !== 2) return -1;
  const mode = modrm >> 6;
  const operand = modrm & 7;
  if (mode === 3) return 1;
  const sib = operand === 4 ? 1 : 0;
  if (mode === 1) return 2 + sib;
  const wide = mode === 2 || (mode === 0 && (operand === 5 || (sib === 1 && (code[at + 1] & 7) === 5)));
  return 1 + sib + (wide ? 4 : 0);
}

/** Where a page of the list ended: opaque to the client, checked when it comes back. */
import { StoreError } from '../errors.js';

export interface Cursor { sort: string; value: string | number; startNs: string; id: string }

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.value, cursor.startNs, cursor.id])).toString('base64url');
}

export function decodeCursor(text: string, sort: string): Cursor {
  try {
    const [of, value, startNs, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const known = of === sort && (typeof value === 'string' || typeof value === 'number') && typeof startNs === 'string' && /^\d{1,19}$/.test(startNs)
      && typeof id === 'string' && /^[0-9a-f]{16}$/.test(id);
    if (known) return { sort, value, startNs, id };
  } catch {
    // Said below.
  }
  throw new StoreError('store_bad_cursor', 'The cursor is not of this list.', 'Ask for the first page again, without a cursor.');
}

/** How raw request targets become endpoints of low cardinality (`/orders/17?x=1` → `/orders/*`). */
export type UrlClustering = 'alphabet' | 'noparam' | 'blank';

/** A longer segment is an identifier, not a word. */
const MAX_SEGMENT = 25;
/** Deeper paths are cut: `/a/b/.../*`. */
const MAX_SEGMENTS = 16;
const MAX_NOPARAM = 256;

export function clusterUrl(target: string, method: UrlClustering): string {
  if (method === 'blank') return '*';
  const path = pathOf(target);
  return method === 'noparam' ? path.slice(0, MAX_NOPARAM) : alphabet(path);
}

/** Path without query and fragment; without scheme and authority where a proxy was asked (`GET http://host/path`). */
function pathOf(target: string): string {
  let start = 0;
  if (target.charCodeAt(0) !== 47) {
    const scheme = target.indexOf('://');
    if (scheme > 0 && scheme < 16) {
      const slash = target.indexOf('/', scheme + 3);
      if (slash < 0) return '/';
      start = slash;
    }
  }
  for (let i = start; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c === 63 || c === 35) return target.slice(start, i);
  }
  return start === 0 ? target : target.slice(start);
}

/** A segment with anything but `[A-Za-z_-]`, or longer than 25, becomes `*`. */
function alphabet(path: string): string {
  let out = '';
  let segments = 0;
  let from = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path.charCodeAt(i) !== 47) continue;
    if (++segments > MAX_SEGMENTS) return out + '/*';
    const segment = path.slice(from, i);
    if (segments > 1) out += '/';
    out += isWord(segment) ? segment : '*';
    from = i + 1;
  }
  return out;
}

function isWord(segment: string): boolean {
  if (segment.length > MAX_SEGMENT) return false;
  for (let i = 0; i < segment.length; i++) {
    const c = segment.charCodeAt(i);
    const letter = (c | 32) >= 97 && (c | 32) <= 122;
    if (!letter && c !== 95 && c !== 45) return false;
  }
  return true;
}

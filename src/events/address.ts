/** Socket addresses as text: `ip:port`, `[v6]:port`; an IPv4-mapped IPv6 address is the IPv4 address it stands for. */

export const AF_UNIX = 1;
export const AF_INET6 = 10;

/** `address` has 16 bytes at `offset`, in network order; of IPv4 the first four count. */
export function formatAddress(family: number, bytes: Uint8Array, offset: number, port: number): string {
  if (family !== AF_INET6) return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}:${port}`;
  if (isMapped(bytes, offset)) return formatAddress(0, bytes, offset + 12, port);
  return `[${formatV6(bytes, offset)}]:${port}`;
}

function isMapped(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return bytes[offset + 10] === 0xff && bytes[offset + 11] === 0xff;
}

/** RFC 5952: the longest run of zero groups becomes `::`. */
function formatV6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[offset + i] << 8) | bytes[offset + i + 1]);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) [best, bestLength] = [i, length];
    if (length > 0) i += length - 1;
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** A unix socket's name as the kernel has it: a path, or NUL and an abstract name. */
export function formatUnixPath(bytes: Uint8Array, offset: number, limit: number): string {
  const abstract = bytes[offset] === 0 && bytes[offset + 1] !== 0;
  const start = abstract ? offset + 1 : offset;
  let end = start;
  while (end < offset + limit && bytes[end] !== 0) end++;
  return `unix:${abstract ? '@' : ''}${Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')}`;
}

/** A NUL-terminated name of at most 16 bytes. */
export function formatComm(bytes: Uint8Array, offset: number): string {
  let end = offset;
  while (end < offset + 16 && bytes[end] !== 0) end++;
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, end - offset).toString('utf8');
}

/** Which addresses and host names mean this machine only. */
export function isLoopbackAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare) || /^::ffff:127(\.\d{1,3}){3}$/.test(bare);
}

/**
 * Is the Host header one that a browser sends when its user typed this machine's name? A site that rebinds its own name to
 * 127.0.0.1 still sends that name.
 */
export function isLoopbackHost(hostHeader: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:\[\]]+)(?::\d+)?$/.exec(hostHeader ?? '')?.[1];
  return name !== undefined && isLoopbackAddress(name);
}

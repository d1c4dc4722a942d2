/** How much of each system call's payload an HTTP/1 connection needs: its heads, and the framing of chunked bodies. */

const INITIAL_BYTES = 16 * 1024;
const LEAST_BYTES = 1024;
const MOST_BYTES = 64 * 1024;

export class CapturePolicy {
  bytes = INITIAL_BYTES;
  private largestHead = 0;
  /** Several heads may share one call (pipelining), or chunk sizes stand anywhere in it. */
  private wide = false;
  private floor = LEAST_BYTES;

  head(bytes: number): void {
    if (bytes > this.largestHead) this.largestHead = bytes;
  }

  widen(): void {
    if (this.wide) return;
    this.wide = true;
    this.bytes = Math.max(this.bytes, INITIAL_BYTES);
  }

  /** `bytes` of one call would have been needed. */
  truncated(bytes: number): void {
    this.floor = Math.min(MOST_BYTES, Math.max(this.floor * 4, powerOfTwo(bytes)));
    this.bytes = Math.max(this.bytes, this.floor);
  }

  /** An exchange is complete: what was seen is a fair sample. */
  settle(): void {
    const least = this.wide ? INITIAL_BYTES : LEAST_BYTES;
    const wanted = Math.max(least, this.floor, powerOfTwo(2 * this.largestHead));
    this.bytes = wanted < MOST_BYTES ? wanted : MOST_BYTES;
  }
}

/** The least power of two that is not below `bytes`. */
function powerOfTwo(bytes: number): number {
  return bytes <= 1 ? 1 : 1 << (32 - Math.clz32(Math.min(bytes, MOST_BYTES) - 1));
}

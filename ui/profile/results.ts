import { formatBytes } from '../format.js';

/** Linux's numbers of the errors met most; the rest keep theirs. */
const ERRORS: Readonly<Record<number, string>> = {
  1: 'EPERM', 2: 'ENOENT', 4: 'EINTR', 5: 'EIO', 9: 'EBADF', 11: 'EAGAIN', 12: 'ENOMEM', 13: 'EACCES', 17: 'EEXIST', 22: 'EINVAL', 28: 'ENOSPC', 32: 'EPIPE', 104: 'ECONNRESET', 110: 'ETIMEDOUT', 111: 'ECONNREFUSED', 113: 'EHOSTUNREACH', 115: 'EINPROGRESS', 512: 'interrupted',
};
const MOVES_BYTES = /read|write|recv|send|splice|copy/;

/** What a system call returned, in words: an error's name, bytes of calls that move them, else the number. */
export function resultText(syscall: string, result: number): string {
  if (result < 0) return ERRORS[-result] ?? `error ${-result}`;
  return MOVES_BYTES.test(syscall) ? formatBytes(result) : `returned ${result}`;
}

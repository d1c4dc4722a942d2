/** Reads of /proc that answer null when the process is gone or closed to us. The environment is never read: it holds secrets. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';

const CMDLINE_BYTES = 4_096;
const FILE_BYTES = 65_536;

export class Proc {
  readonly #buffer = Buffer.allocUnsafe(FILE_BYTES);

  /** @param root another tree in tests */
  constructor(readonly root = '/proc') {}

  comm(pid: number): string | null {
    return this.#head(`${this.root}/${pid}/comm`, 64)?.replace(/\n$/, '') ?? null;
  }

  /** Arguments, of the first 4 KiB. Empty for a kernel thread or a zombie. */
  cmdline(pid: number): string[] | null {
    const text = this.#head(`${this.root}/${pid}/cmdline`, CMDLINE_BYTES);
    if (text === null) return null;
    return text === '' ? [] : text.replace(/\0+$/, '').split('\0');
  }

  cgroup(pid: number): string | null {
    return this.#head(`${this.root}/${pid}/cgroup`, FILE_BYTES);
  }

  /** Path of the program as the process sees it. */
  exe(pid: number): string | null {
    return this.#link(`${this.root}/${pid}/exe`)?.replace(/ \(deleted\)$/, '') ?? null;
  }

  cwd(pid: number): string | null {
    return this.#link(`${this.root}/${pid}/cwd`);
  }

  /** Inode number of the network namespace, 0 when unknown. */
  netns(pid: number): number {
    return Number(/^net:\[(\d+)\]$/.exec(this.#link(`${this.root}/${pid}/ns/net`) ?? '')?.[1] ?? 0);
  }

  /** A file of the process's own root (its container), cut to 64 KiB. */
  fileOf(pid: number, path: string): string | null {
    return this.#head(`${this.root}/${pid}/root${path}`, FILE_BYTES);
  }

  /** Whole file below /proc/PID. */
  table(pid: number, name: string): string | null {
    try {
      return readFileSync(`${this.root}/${pid}/${name}`, 'latin1');
    } catch {
      return null;
    }
  }

  /** Inode numbers of the process's sockets. */
  socketInodes(pid: number): number[] {
    const inodes: number[] = [];
    const folder = `${this.root}/${pid}/fd`;
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      return inodes;
    }
    for (const name of names) {
      const socket = /^socket:\[(\d+)\]$/.exec(this.#link(`${folder}/${name}`) ?? '');
      if (socket !== null) inodes.push(Number(socket[1]));
    }
    return inodes;
  }

  /** A traced process decides what lies in its root: a pipe there must not hold us up for ever. */
  #head(path: string, bytes: number): string | null {
    let fd = -1;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      if (!fstatSync(fd).isFile()) return null;
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes; length += read) read = readSync(fd, this.#buffer, length, bytes - length, null);
      return this.#buffer.toString('utf8', 0, length);
    } catch {
      return null;
    } finally {
      if (fd >= 0) closeSync(fd);
    }
  }

  #link(path: string): string | null {
    try {
      return readlinkSync(path);
    } catch {
      return null;
    }
  }
}

/** PostgreSQL and MariaDB refuse to run as root; all our servers run as `nobody`, which every Debian has. */
import { readFileSync } from 'node:fs';

export interface ServerUser { name: string; uid: number; gid: number }

export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) {
    return { name: process.env.USER ?? String(process.getuid?.()), uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith('nobody:'));
  if (line === undefined) throw new Error('there is no user `nobody` in /etc/passwd to run the servers as');
  const [name, , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

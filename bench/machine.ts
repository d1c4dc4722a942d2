/** What the figures were measured on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface MachineFacts {
  cpu: string;
  cpuCount: number;
  memoryGiB: number;
  kernel: string;
  system: string;
  node: string;
  programs: string[];
  loadBefore: number;
}

export function describeMachine(): MachineFacts {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
    node: process.version,
    programs: [
      firstLine('nginx', '-v'), firstLine('redis-server', '--version'), firstLine('pgbench', '--version'), firstLine('wrk', '-v'),
      firstLine('h2load', '--version'), firstLine('tcpdump', '--version'), firstLine('strace', '--version'),
    ],
    loadBefore: loadavg()[0],
  };
}

/** wrk -v exits with 1 and nginx prints to stderr, so all three ways count. */
function firstLine(program: string, argument: string): string {
  try {
    const text = execFileSync('sh', ['-c', '"$0" "$1" 2>&1 || true', program, argument], { encoding: 'utf8' });
    return text.split('\n')[0].replace(/ Copyright.*| sha=.*/, '').trim();
  } catch (error) {
    return `${program}: ${(error as Error).message}`;
  }
}

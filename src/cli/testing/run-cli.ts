/** The command as a user runs it: a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** Whatever goes wrong, no test waits for ever. */
const LONGEST_MS = 30_000;

export interface CliResult { code: number | null; stdout: string; stderr: string }

export interface RunningCli {
  process: ChildProcess;
  finished: Promise<CliResult>;
  /** Resolves with the output so far as soon as it matches. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string>;
}

export function startCli(args: string[], env: Record<string, string> = {}, cwd?: string): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, KINDLING_REQUIRE_SCOPE: '1', NO_COLOR: '1', ...env }, cwd });
  const text = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const look of waiting) look();
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const finished = new Promise<CliResult>((resolve) => child.once('close', (code) => {
    clearTimeout(timer);
    resolve({ code, ...text });
  }));
  const until = (stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (!pattern.test(text[stream])) return;
      waiting.delete(look);
      resolve(text[stream]);
    };
    waiting.add(look);
    look();
    void finished.then(({ code, stderr }) => reject(new Error(`it ended with ${code} before ${pattern}: ${stderr}`)));
  });
  return { process: child, finished, until };
}

export function runCli(args: string[], env: Record<string, string> = {}): Promise<CliResult> {
  return startCli(args, env).finished;
}

/** Runs a program to its end and returns what it printed. */
import { launch, type LaunchOptions } from './launch.js';
import { SLOW } from './slow.js';

export interface RunOptions extends LaunchOptions {
  timeoutMs?: number;
  input?: string;
  /** Exit codes that are no error; default only 0. */
  accept?: number[];
}

export interface RunResult { code: number; stdout: string; stderr: string }

export function run(command: string[], options: RunOptions = {}): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 120_000 * SLOW;
  return new Promise((resolve, reject) => {
    const child = launch(command, { ...options, stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`cannot run ${command[0]}: ${error.message}. Is its package installed? npm run setup -- --test`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== null && (options.accept ?? [0]).includes(code)) return resolve({ code, ...output });
      const why = signal ? `was ended by ${signal} (time limit ${timeoutMs} ms)` : `exited with ${code}`;
      reject(new Error(`${command.join(' ')} ${why}\n${output.stderr.slice(-2000)}${output.stdout.slice(-1000)}`));
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

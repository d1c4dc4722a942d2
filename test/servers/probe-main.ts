/** The readiness probe as a program, to run it inside a network namespace: KIND PORT TIMEOUT_MS. */
import { waitUntilAnswers, type ProbeKind } from './probe.js';

const [kind, port, timeoutMs] = process.argv.slice(2);
try {
  await waitUntilAnswers(kind as ProbeKind, Number(port), { timeoutMs: Number(timeoutMs) });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

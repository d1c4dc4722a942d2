#!/usr/bin/env -S node --max-semi-space-size=2 --max-old-space-size=1024 --no-parallel-scavenge
// By default V8's young generation grows to 32 MB, and the old one to four times what lives in it before it is collected, where there is much memory: for
// speed that an agent beside other programs has no use for. Collecting so little with helping threads costs more than it spares. Node takes these only at its start.
import { CommanderError } from 'commander';
import { translateError } from '../agent/translate-error.js';
import { EXIT } from '../errors/index.js';
import { createProgram } from './program.js';
import { reportError } from './report-error.js';

// `kindling watch | head` ends when head does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const program = createProgram();
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = reportError(translateError(error), process.stderr, process.argv.includes('--json'));
}

import { ERRORS, EXIT_MEANINGS } from '../../dist/src/errors/index.js';
import { table } from './markdown.mjs';

export function renderErrors() {
  const entries = Object.values(ERRORS).map((e) => `## ${e.code}\n\n> ${e.message}\n\n${e.hint}\n\nExit code ${e.exit}.\n`);
  return `# Errors

Every error has a stable code, says what happened and what to do. On a terminal:

\`\`\`
error KND-023: there is no process 4242
  It may have ended. Check with \`ps -p 4242\`.
\`\`\`

The HTTP API answers a failed call with \`{"code", "message", "hint"}\`. Words in braces below are filled in.

## Exit codes

${table(['code', 'meaning'], EXIT_MEANINGS.map((row) => [row.code, row.meaning]))}

\`run\` otherwise ends with the exit code of the command it ran (128 + the signal's number when a signal ended it).

${entries.join('\n')}`;
}

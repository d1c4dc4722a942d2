import { STABLE } from '../../dist/src/agent/translate-error.js';
import { ERRORS, EXIT_MEANINGS } from '../../dist/src/errors/index.js';
import { API_ERRORS, toApiError } from '../../dist/src/server/errors.js';
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

## Codes of the HTTP API

A failed call carries one of these words as its \`code\`; commands that call the API show the code beside it.

${table(['code', 'status', 'as'], Object.entries(STABLE).map(([word, id]) => [`\`${word}\``, statusOf(word), `[${ERRORS[id].code}](#${ERRORS[id].code.toLowerCase()})`]))}

${entries.join('\n')}`;
}

/** Those that end the agent before it serves have none. */
function statusOf(word) {
  const status = API_ERRORS[word]?.status ?? (word.startsWith('store_') ? toApiError({ code: word, hint: '' }).status : null);
  return status === null ? '' : String(status);
}

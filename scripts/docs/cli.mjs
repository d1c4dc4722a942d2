import { createProgram } from '../../dist/src/cli/program.js';
import { examplesOf } from '../../dist/src/cli/examples.js';
import { EXIT_MEANINGS } from '../../dist/src/errors/index.js';
import { table } from './markdown.mjs';

function section(command) {
  const args = command.registeredArguments.map((a) => [`\`${a.name()}${a.variadic ? '...' : ''}\``, a.description]);
  const options = command.options.map((o) => [`\`${o.flags}\``, `${o.description}${o.argChoices ? ` (${o.argChoices.join(', ')})` : ''}`]);
  return `## ${command.name()}

${command.description()}

\`\`\`
kindling ${command.name()} ${command.usage()}
\`\`\`

${[...examples(command)].join('\n')}
${table(['argument or option', 'meaning'], [...args, ...options])}
`;
}

function* examples(command) {
  yield '```sh';
  for (const [line, meaning] of examplesOf(command)) yield `${line}   # ${meaning}`;
  yield '```\n';
}

export function renderCli() {
  const program = createProgram();
  return `# Command line

${program.description()}

${[...examples(program)].join('\n')}
Options that have a name in the configuration can also stand in a file or in the environment: see [config.md](config.md).
Messages about the work go to stderr, results to stdout; \`--json\` gives results for programs, and errors as one line of JSON on stderr.
Colours appear on a terminal only, and not when \`NO_COLOR\` is set.

${program.commands.map(section).join('\n')}
## Exit codes

${table(['code', 'meaning'], EXIT_MEANINGS.map((row) => [row.code, row.meaning]))}

\`run\` otherwise ends with the exit code of the command it ran, or with 128 + the number of the signal that ended it.
`;
}

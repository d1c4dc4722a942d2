import type { Command } from 'commander';

export type Example = [line: string, meaning: string];

const EXAMPLES = new WeakMap<Command, Example[]>();

/** Examples shown after the help of a command, and in docs/cli.md. */
export function withExamples(command: Command, examples: Example[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function examplesOf(command: Command): Example[] {
  return EXAMPLES.get(command) ?? [];
}

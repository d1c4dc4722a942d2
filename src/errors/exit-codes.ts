/** Exit codes of every command; docs/cli.md and docs/errors.md list them from here. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  kernel: 3,
  scope: 4,
  network: 5,
  store: 6,
  recording: 7,
  notExecutable: 126,
  notFound: 127,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: ReadonlyArray<{ code: ExitCode; meaning: string }> = [
  { code: EXIT.ok, meaning: 'Done as asked. An agent that was stopped by SIGINT or SIGTERM also ends with 0.' },
  { code: EXIT.failed, meaning: 'Failed for a reason without a number of its own; `doctor` found something that prevents tracing.' },
  { code: EXIT.usage, meaning: 'The command line or the configuration is wrong; nothing was started.' },
  { code: EXIT.kernel, meaning: 'This kernel, or these privileges, do not allow tracing.' },
  { code: EXIT.scope, meaning: 'The scope is refused, or what it names does not exist.' },
  { code: EXIT.network, meaning: 'An address could not be listened on, or an agent could not be reached.' },
  { code: EXIT.store, meaning: 'The store could not be opened or failed.' },
  { code: EXIT.recording, meaning: 'A recording or line file is broken; what could be read was shown.' },
  { code: EXIT.notExecutable, meaning: '`run`: the command was found and could not be executed.' },
  { code: EXIT.notFound, meaning: '`run`: the command was not found.' },
];

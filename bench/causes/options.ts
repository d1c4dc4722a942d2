/** What to play and how often, from the command line. */
import { parseArgs } from 'node:util';

export interface CausesOptions {
  names: string[];
  runs: number;
  json: boolean;
  verbose: boolean;
  list: boolean;
  /** The judged profiles go into this folder, as JSON. */
  dump: string | null;
  /** The table goes into its section of this file. */
  output: string | null;
}

export class UsageError extends Error {}

const USAGE = `usage: npm run bench:causes -- [options]

  --list             the causes
  --only NAMES       these, separated by commas
  --runs N           slow requests of each (default 5)
  --json             one line of JSON for each cause on stdout, progress on stderr
  --verbose          wrong verdicts in full
  --dump FOLDER      the judged profiles as JSON
  --write [FILE]     put the table into docs/benchmarks.md (or FILE), in a section of its own
`;

export function readOptions(argv: string[], known: readonly string[]): CausesOptions {
  const values = parse(argv);
  if (values.help) throw new UsageError(USAGE);
  const names = (values.only ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`there is no cause "${unknown}"; known: ${known.join(', ')}`);
  const runs = Number(values.runs ?? 5);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000) throw new UsageError(`--runs needs a whole number from 1 to 1000, not "${values.runs}"`);
  return {
    names: names.length > 0 ? names : [...known], runs, json: values.json ?? false, verbose: values.verbose ?? false, list: values.list ?? false,
    dump: values.dump ?? null, output: values.write ?? null,
  };
}

function parse(argv: string[]) {
  // --write may stand alone: parseArgs has no optional values.
  const at = argv.indexOf('--write');
  const bare = at >= 0 && (argv[at + 1] === undefined || argv[at + 1].startsWith('--'));
  const args = bare ? [...argv.slice(0, at + 1), 'docs/benchmarks.md', ...argv.slice(at + 1)] : argv;
  try {
    return parseArgs({
      args, options: {
        only: { type: 'string' }, runs: { type: 'string' }, json: { type: 'boolean' }, verbose: { type: 'boolean' },
        list: { type: 'boolean' }, dump: { type: 'string' }, write: { type: 'string' }, help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

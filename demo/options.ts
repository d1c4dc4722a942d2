export interface DemoOptions {
  /** Null: 9500, or the next free one. */
  port: number | null;
  /** Null: until Ctrl-C. */
  seconds: number | null;
  ratePerSecond: number;
  withAgent: boolean;
}

export const usage = `npm run demo -- [options]

  --port N       port of the page (default 9500, or the next free one)
  --seconds N    end by itself after N seconds (default: run until Ctrl-C)
  --rate N       requests a second on the shop (default 150)
  --no-agent     only the shop and its load, not traced
  --help         this text
`;

export class UsageError extends Error {}

export function readOptions(argv: string[]): DemoOptions | 'help' {
  const options: DemoOptions = { port: null, seconds: null, ratePerSecond: 150, withAgent: true };
  for (let i = 0; i < argv.length; i++) {
    switch (argv[i]) {
      case '--port': options.port = wholeNumber(argv, ++i, 65535); break;
      case '--seconds': options.seconds = wholeNumber(argv, ++i, 86_400); break;
      case '--rate': options.ratePerSecond = wholeNumber(argv, ++i, 5000); break;
      case '--no-agent': options.withAgent = false; break;
      case '--help': case '-h': return 'help';
      default: throw new UsageError(`unknown option ${argv[i]}\n\n${usage}`);
    }
  }
  return options;
}

function wholeNumber(argv: string[], index: number, maximum: number): number {
  const value = Number(argv[index]);
  if (!Number.isInteger(value) || value < 1 || value > maximum) {
    throw new UsageError(`${argv[index - 1]} needs a whole number from 1 to ${maximum}, not ${argv[index] ?? 'nothing'}`);
  }
  return value;
}

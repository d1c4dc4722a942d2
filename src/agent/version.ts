import { readFileSync } from 'node:fs';

/** Of package.json, which stands above dist/. */
export function kindlingVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** What is being measured now, on stderr; the report is the result. */
const startMs = Date.now();

export function progress(text: string): void {
  const seconds = Math.round((Date.now() - startMs) / 1e3);
  process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`);
}

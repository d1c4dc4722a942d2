/** The requests in a line file, without what another build may well give: ids and payloads. */
import { replayFile } from '../../src/agent/replay.js';
import { DEFAULT_REQUEST_OPTIONS } from '../../src/requests/builder.js';
import type { RequestRecord } from '../../src/requests/record.js';

const FIELDS = [
  'role', 'protocol', 'operation', 'endpoint', 'resource', 'status', 'error', 'complete', 'requestBytes', 'responseBytes',
  'durationNs', 'connectNs', 'sendNs', 'waitNs', 'receiveNs', 'comm', 'client', 'server',
] as const satisfies ReadonlyArray<keyof RequestRecord>;

/** One JSON object each, in the order they ended. The same file gives the same times. */
export async function requestsOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  const problems: string[] = [];
  const { failure } = await replayFile({
    path, requests: DEFAULT_REQUEST_OPTIONS, noResponseTimeoutMs: 120_000, onProgress: () => {},
    onRecord: (record) => lines.push(JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, record[field]])))),
    onProblem: (problem) => problems.push(problem),
  });
  if (failure !== null) throw new Error([failure.message, ...problems].join('\n'), { cause: failure });
  return lines;
}

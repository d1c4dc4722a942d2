/** (d) What decoding and parsing cost per request: the whole way from the kernel's records to roll-ups, from a recording, warm. */
import { join } from 'node:path';
import { RecordedNames } from '../../src/agent/naming.js';
import { createPipeline } from '../../src/agent/pipeline.js';
import { decodeRecord } from '../../src/events/decode.js';
import { readRecording } from '../../src/events/recording.js';
import { DEFAULT_REQUEST_OPTIONS } from '../../src/requests/builder.js';
import { WallClock } from '../../src/requests/clock.js';
import { Rollups } from '../../src/requests/rollups.js';
import type { Arena } from '../arena.js';
import { WatchingProcess } from '../contenders/process.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { ParseRow } from '../results.js';
import { median } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { Workload } from '../workloads/workload.js';

const recordedRequests = 100_000;
const warmUpPasses = 2;
const startTimeoutMs = 60_000;
const noResponseTimeoutMs = 120_000;

interface Pass { requests: number; cpuUs: number }

export async function measureParsing(arena: Arena, options: BenchOptions): Promise<ParseRow[]> {
  const rows: ParseRow[] = [];
  for (const name of options.workloads) {
    const file = await record(arena, WORKLOAD_BY_NAME[name]);
    const passes: Pass[] = [];
    for (let pass = 0; pass < warmUpPasses + options.rounds; pass++) passes.push(await parse(file));
    const warm = passes.slice(warmUpPasses);
    if (warm[0].requests === 0) throw new Error(`no request was found in the recording of ${name}`);
    rows.push({ workload: name, requests: warm[0].requests, usPerRequest: median(warm.map((pass) => pass.cpuUs / pass.requests)) });
    progress(`parse ${name}: ${rows.at(-1)?.usPerRequest.toFixed(2)} us a request`);
  }
  return rows;
}

async function record(arena: Arena, workload: Workload): Promise<string> {
  const file = join(arena.makeFolder('recording'), `${workload.name}.kndl`);
  const server = await workload.start(arena);
  try {
    const command = [process.execPath, 'dist/src/cli/main.js', 'record', '--cgroup', arena.servers.path, '-o', file];
    const recorder = new WatchingProcess(command, { cgroup: arena.watchers, env: { KINDLING_REQUIRE_SCOPE: '1' } });
    await recorder.waitUntil(() => recorder.output.includes('recording '), startTimeoutMs);
    await workload.runExactly(arena, server, recordedRequests);
    await recorder.stop('SIGINT');
  } finally {
    await server.stop();
  }
  return file;
}

async function parse(file: string): Promise<Pass> {
  const rollups = new Rollups();
  const clock = new WallClock(0n);
  const pipeline = createPipeline({
    requests: DEFAULT_REQUEST_OPTIONS, noResponseTimeoutMs, clock, startSeconds: 0, names: new RecordedNames(),
    onRecord: (request, endNs) => rollups.add(request, clock.unixSeconds(endNs - request.durationNs), false),
  });
  const before = process.cpuUsage();
  const { broken } = await readRecording(file, ({ clockOffsetNs }) => clock.setOffset(BigInt(clockOffsetNs)),
    (bytes, view, offset) => decodeRecord(bytes, view, offset, pipeline.observer));
  const { user, system } = process.cpuUsage(before);
  if (broken !== null) throw new Error(`the recording ${file} is broken: ${broken.reason} at ${broken.offset}`);
  return { requests: pipeline.stats().requests, cpuUs: user + system };
}

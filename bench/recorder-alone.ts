/** The flight recorder and nothing else of the agent, for `npm run bench`: recorder-alone CGROUP. Says `recording`, ends by SIGTERM. */
import { loadConfig } from '../src/config/index.js';
import { FlightRecorder } from '../src/kernel/recorder.js';

const { profileMemoryBytes, profileLogs } = loadConfig({ flags: {} });
const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [process.argv[2]] }, excludePids: [], bytesPerCpu: profileMemoryBytes, logs: profileLogs });
const alive = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  recorder.close();
  clearInterval(alive);
});
process.stdout.write('recording\n');

/**
 * `npm run replay:record [NAME...]`: holds each conversation with its real server under `kindling record`, and keeps what
 * the kernel told as lines. They stay readable when the layout of recordings changes; the recordings would not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kindling } from '../e2e/kindling.js';
import { Workspace } from '../servers/index.js';
import { CONVERSATIONS, FOLDER } from './conversations.js';

/** Until what was said last has been drained. */
const SETTLE_MS = 500;

const wanted = process.argv.slice(2);
for (const { name, start } of CONVERSATIONS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await using place = await Workspace.create(`record${name}`);
  const converse = await start(place);
  const recording = join(place.directory, `${name}.kndl`);
  await using recorder = Kindling.start(['record', '--json', '--cgroup', place.cgroup.path, '-o', recording]);
  await recorder.printed('stderr', /^recording /m);
  await converse(place.cgroup);
  await delay(SETTLE_MS);
  const { stdout } = await recorder.stop();
  await using replay = Kindling.start(['replay', recording, '--output', 'lines']);
  const { code, stdout: lines, stderr } = await replay.ended;
  if (code !== 0) throw new Error(stderr);
  writeFileSync(`${FOLDER}${name}.jsonl`, lines);
  process.stdout.write(`${name}: ${lines.split('\n').length - 1} lines, ${lines.length} bytes; ${stdout}`);
}

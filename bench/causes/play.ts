/** Plays one cause: programs, agent, load, then the slow requests, each judged by its profile. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cause, Facts, Running } from './cause.js';
import { judge, longestAtPeer, notJudged, type Judgement } from './judge.js';
import type { Programs } from './programs.js';
import { Stage, type Watch } from './stage.js';

/** Between two slow requests: their windows do not overlap. */
const PAUSE_MS = 150;

export async function play(cause: Cause, runs: number, programs: Programs, tell: (judgement: Judgement, run: number) => void): Promise<Judgement[]> {
  await using stage = await Stage.create(programs);
  const running = await cause.start(stage);
  const watch = await stage.watch();
  stage.client.load(running.front.port, running.load);
  const judgements: Promise<Judgement>[] = [];
  for (let run = 0; run < runs; run++) {
    await running.before?.();
    if (cause.truth.peer) await watch.ask(cause.truth.peer);
    await delay(PAUSE_MS);
    const asked = await ask(running, tagOf(run));
    judgements.push(judged(cause, running, watch, tagOf(run), asked).then((judgement) => {
      tell(judgement, run);
      return judgement;
    }));
  }
  // Awaited here: the stage is taken down when this returns.
  return await Promise.all(judgements);
}

async function ask(running: Running, tag: string): Promise<Facts | Error> {
  try {
    return await running.slow(tag);
  } catch (error) {
    return error as Error;
  }
}

async function judged(cause: Cause, running: Running, watch: Watch, tag: string, asked: Facts | Error): Promise<Judgement> {
  if (asked instanceof Error) return notJudged(`the request failed: ${asked.message}`);
  const profile = await watch.profile(running.front.pid, tag);
  const peer = cause.truth.peer && profile ? await watch.profileOf(longestAtPeer(profile)) : null;
  const judgement = judge(profile, cause.truth, asked, peer);
  if (judgement.profile === null && watch.said !== '') judgement.problems.push(`the agent said: ${watch.said}`);
  return judgement;
}

/** A segment of letters only: others are folded into one endpoint, of which only the slowest is profiled in an interval. */
function tagOf(run: number): string {
  const letter = (value: number) => String.fromCharCode(97 + (value % 26));
  return `run${letter(Math.floor(run / 676))}${letter(Math.floor(run / 26))}${letter(run)}`;
}

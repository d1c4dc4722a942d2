import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Workspace, curl, startNginx, type Server } from '../servers/index.js';
import { Agent, Kindling, SLOW } from './kindling.js';

let place: Workspace;
let nginx: Server;

before(async () => {
  place = await Workspace.create('e2ecrashes');
  nginx = await startNginx(place);
});
after(() => place.close());

/** One request after the other over one connection that stays open; each is counted once its answer is here. */
class Visitor implements AsyncDisposable {
  answered = 0;
  private readonly agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(private readonly port: number, private readonly name: string, private readonly everyMs: number) {
    this.done = this.run();
  }

  private async run(): Promise<void> {
    for (; !this.stopped; await delay(this.everyMs)) {
      await new Promise<void>((resolve, reject) => {
        const path = `/hello?${this.name}=${this.answered}`;
        request({ port: this.port, path, agent: this.agent }, (response) => response.resume().on('end', resolve)).on('error', reject).end();
      });
      this.answered++;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async stop(): Promise<number> {
    this.stopped = true;
    await this.done;
    this.agent.destroy();
    return this.answered;
  }
}

/** Process of the store's engine: the agent's child. */
function enginePid(agentPid: number): number {
  return Number(readFileSync(`/proc/${agentPid}/task/${agentPid}/children`, 'latin1').trim().split(' ')[0]);
}

test('kill -9 of the agent under load: what was stored is there again, and open connections go on being followed', async () => {
  const args = ['--cgroup', place.cgroup.path, '--store-directory', join(place.directory, 'store-killed')];
  await using visitor = new Visitor(nginx.port, 'killed', 10);
  const first = await Agent.start(args);
  await using watch = Kindling.start(['watch', '--url', first.url]);
  await first.rows('resource:/hello?killed=*', 50);
  const before = await first.list('resource:/hello?killed=*');
  first.process.kill('SIGKILL');
  await first.process.ended;
  const downFrom = visitor.answered;
  const watched = await watch.ended;
  assert.match(watched.stderr, /KND-052|the agent ended/, 'who watches is told');
  await using second = await Agent.start(args);
  const upAt = visitor.answered;
  
  const after = await second.rows('resource:/hello?killed=*', before.rows.length + 20);
  const ids = new Set(after.map((row) => row.id));
  assert.deepEqual(before.rows.filter((row) => !ids.has(row.id)), [], 'what could be seen before can be seen again');
  const last = await visitor.stop();
  const wanted = `/hello?killed=${last - 1}`;
  await second.rows(`resource:${wanted}`, 1);
  const rows = (await second.list('resource:/hello?killed=*')).rows.map((row) => Number(row.resource.split('=')[1]));
  const missing = [...Array(last).keys()].filter((n) => !rows.includes(n) && n > Math.min(...rows) && (n < downFrom - 150 || n > upAt + 2));
  assert.deepEqual(missing, [], 'only what passed while no agent ran, or had not reached the store, is missing');
});

test('kill -9 of the store\'s engine: nothing is lost, and the page says so meanwhile', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store-directory', join(place.directory, 'store-engine')]);
  await using visitor = new Visitor(nginx.port, 'engine', 5);
  await agent.rows('resource:/hello?engine=*', 20);
  const said = agent.tick((tick) => tick.notes.some((note) => /engine ended with signal SIGKILL/.test(note)));
  for (let round = 0; round < 3; round++) {
    process.kill(enginePid(agent.process.pid), 'SIGKILL');
    await delay(1_200 * SLOW);
  }
  await said;
  await agent.until(() => agent.health(), ({ store }) => store?.state === 'ok' && store.spoolBatches === 0, 'the store is well again', 30_000);
  const answered = await visitor.stop();
  await agent.rows(`resource:/hello?engine=${answered - 1}`, 1);
  const rows = (await agent.list('resource:/hello?engine=*', 1000)).rows.map((row) => row.resource);
  assert.equal(new Set(rows).size, rows.length, 'no request twice');
  const wanted = [...Array(answered).keys()].map((n) => `/hello?engine=${n}`).slice(-1000).reverse();
  const missing = wanted.filter((resource) => !rows.includes(resource));
  assert.deepEqual(missing.filter((resource) => resource !== wanted[wanted.length - 1]), []);
});

test('a store opened twice: the second agent says who has it, and ends', async () => {
  const args = ['--cgroup', place.cgroup.path, '--store-directory', join(place.directory, 'store-twice')];
  await using first = await Agent.start(args);
  await assert.rejects(Agent.start(args), new RegExp(`KND-061.* process ${first.process.pid} .*--store-directory`));
  await curl([`http://127.0.0.1:${nginx.port}/hello?twice=1`]);
  await first.rows('resource:/hello?twice=1', 1);
});

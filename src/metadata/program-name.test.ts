import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { programName } from './program-name.js';

function named(command: string, more: { comm?: string; exe?: string | null; cwd?: string; files?: Record<string, string> } = {}): string {
  const cmdline = command.split(' ');
  const base = cmdline[0].split('/').pop()!;
  return programName({
    comm: more.comm ?? base.slice(0, 15), cmdline, exe: more.exe === undefined ? `/usr/bin/${base}` : more.exe, cwd: more.cwd ?? '/srv/shop',
    readFile: (path) => more.files?.[path] ?? null,
  });
}

test('servers go by the name they were started by, whatever state they write behind it', () => {
  assert.equal(named('/usr/sbin/nginx -g daemon', { exe: '/usr/sbin/nginx' }), 'nginx');
  assert.equal(named('nginx: worker process', { comm: 'nginx', exe: '/usr/sbin/nginx' }), 'nginx');
  assert.equal(named('postgres: kim shop [local] idle', { comm: 'postgres', exe: '/usr/lib/postgresql/15/bin/postgres' }), 'postgres');
  assert.equal(named('/usr/bin/redis-server 127.0.0.1:6379', { exe: '/usr/bin/redis-check-rdb' }), 'redis-server');
  assert.equal(named('/usr/sbin/mariadbd', { exe: '/usr/sbin/mariadbd' }), 'mariadbd');
  assert.equal(named('-bash', { comm: 'bash' }), 'bash');
  assert.equal(named('my-title', { comm: 'worker', exe: '/opt/thing/bin/thingd' }), 'thingd');
});

test('Node programs go by their package, their script, or its folder', () => {
  const files = { '/srv/shop/package.json': '{"name":"shop-api"}' };
  assert.equal(named('node server.js', { files }), 'shop-api');
  assert.equal(named('node --require ./x.js dist/server.js', { files }), 'shop-api');
  assert.equal(named('/usr/bin/node server.js', { comm: 'MainThread', exe: '/usr/bin/node', files }), 'shop-api');
  assert.equal(named('node server.js'), 'shop');
  assert.equal(named('node /opt/billing/dist/index.js'), 'billing');
  assert.equal(named('node worker.mjs'), 'worker');
  assert.equal(named('node /srv/shop/node_modules/.bin/vite dev', { files }), 'vite');
  assert.equal(named('node -e 1'), 'node');
  assert.equal(named('node server.js', { files: { '/srv/shop/package.json': '{broken' } }), 'shop');
});

test('Java programs go by their jar or main class', () => {
  assert.equal(named('java -Xmx1g -jar /opt/shop-1.4.2-SNAPSHOT.jar --port 1'), 'shop');
  assert.equal(named('java -cp a.jar:b.jar com.example.shop.Main x'), 'Main');
  assert.equal(named('java -p mods -m shop.app/com.example.Server'), 'Server');
});

test('scripts of other interpreters go by their name, module or folder', () => {
  assert.equal(named('python3 /srv/billing/app.py', { exe: '/usr/bin/python3.11' }), 'billing');
  assert.equal(named('python3.11 -u report.py'), 'report');
  assert.equal(named('python3 -m http.server 80'), 'http.server');
  assert.equal(named('python3 /usr/bin/gunicorn app:app'), 'gunicorn');
  assert.equal(named('ruby /srv/blog/jobs.rb'), 'jobs');
  assert.equal(named('bash /usr/local/bin/backup.sh'), 'backup');
  assert.equal(named('bash -c true'), 'bash');
  assert.equal(named('dotnet /app/Shop.dll'), 'Shop');
});

test('any command line gives a short name without blanks', () => {
  const word = fc.oneof(fc.constantFrom('node', 'java', 'python3', '-jar', '-m', '-e', '/', '..', 'index.js', ''), fc.string({ maxLength: 100 }));
  fc.assert(fc.property(fc.array(word, { maxLength: 8 }), fc.string({ maxLength: 15 }), (cmdline, comm) => {
    const name = programName({ comm, cmdline, exe: null, cwd: null, readFile: () => '{"name":"a b"}' });
    assert.ok(name.length <= 64 && !/\s/.test(name));
  }), { numRuns: 500 });
});

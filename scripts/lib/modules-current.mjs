// Exit 0 when node_modules holds what package-lock.json asks for. `--record`: called after `npm ci`, remembers the
// lock file it was run for, so that an optional module npm could not install is not tried again each time.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const stampFile = 'node_modules/.kindling-lock';

// Modules for other platforms stand in the lock file too and are never installed: of the optional ones only those
// that package.json itself names count.
function installedMatches(lock) {
  const installed = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')).packages;
  const wanted = new Set(Object.keys(lock.packages[''].optionalDependencies ?? {}).map((name) => `node_modules/${name}`));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && (!entry.optional || wanted.has(path)))
    .every(([path, entry]) => installed[path]?.version === entry.version);
}

function current(lockText) {
  try {
    if (readFileSync(stampFile, 'utf8') === createHash('sha256').update(lockText).digest('hex')) return true;
  } catch { /* not recorded: compare */ }
  try {
    return installedMatches(JSON.parse(lockText));
  } catch {
    return false;
  }
}

const lockText = readFileSync('package-lock.json', 'utf8');
if (process.argv.includes('--record')) writeFileSync(stampFile, createHash('sha256').update(lockText).digest('hex'));
else process.exitCode = current(lockText) ? 0 : 1;

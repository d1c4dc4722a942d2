// Every npm module and Debian package has its sentence in docs/dependencies.md, versions are pinned, and the lock file
// names the optional modules of all platforms (a lock written where the registry lacks some makes `npm ci` fail).
import { existsSync, readFileSync } from 'node:fs';

const documentFile = 'docs/dependencies.md';

function documented() {
  const rows = readFileSync(documentFile, 'utf8').matchAll(/^\| `([^`]+)` \|(.*)\|\s*$/gm);
  return new Map([...rows].map((row) => [row[1], row[2].split('|').at(-1).trim()]));
}

function debianPackages() {
  return readFileSync('scripts/packages.txt', 'utf8').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')).map((line) => line.split(/\s+/)[0]);
}

function npmModules(manifest) {
  return Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies });
}

function lockErrors(manifest, lock) {
  const errors = [];
  for (const [name, version] of npmModules(manifest)) {
    if (!/^\d/.test(version)) errors.push(`package.json: ${name} is not pinned (${version}); install with npm i --save-exact`);
    const locked = lock.packages[`node_modules/${name}`]?.version;
    if (locked !== version) errors.push(`package-lock.json has ${name} ${locked ?? 'not at all'}, package.json ${version}: run npm install`);
  }
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`]) errors.push(`package-lock.json: ${path} may need ${name}, which has no entry: npm ci will refuse it`);
    }
  }
  return errors;
}

export function checkDependencies() {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const errors = lockErrors(manifest, lock);
  if (!existsSync(documentFile)) return { name: 'dependencies', errors: [...errors, `${documentFile} is missing`] };
  const sentences = documented();
  const wanted = [...npmModules(manifest).map(([name]) => name), ...debianPackages()];
  for (const name of wanted) if (!sentences.get(name)) errors.push(`${documentFile} has no sentence for ${name}`);
  for (const name of sentences.keys()) if (!wanted.includes(name)) errors.push(`${documentFile} explains ${name}, which nothing depends on any more`);
  return { name: 'dependencies are pinned, locked and explained', errors };
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const notOurs = new Set(['node_modules', 'dist', 'build', 'artifacts', 'fixtures']);

/** Files below the folders whose names end in one of the extensions, sorted. */
export function sourceFiles(folders, extensions) {
  return folders.filter((folder) => existsSync(folder)).flatMap((folder) => walk(folder)).filter((file) => extensions.some((end) => file.endsWith(end))).sort();
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : walk(join(folder, entry.name));
    return [join(folder, entry.name)];
  });
}

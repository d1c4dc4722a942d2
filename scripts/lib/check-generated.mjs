// What is generated and committed must be what its generator makes now: scripts/generate*.mjs --check says so.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

export function checkGenerated() {
  const generators = readdirSync('scripts').filter((name) => /^generate.*\.mjs$/.test(name)).sort();
  const errors = [];
  for (const name of generators) {
    const result = spawnSync(process.execPath, [`scripts/${name}`, '--check'], { encoding: 'utf8' });
    if (result.status !== 0) errors.push(`node scripts/${name} --check: ${(result.stderr + result.stdout).trim().split('\n').slice(-5).join('\n       ')}`);
  }
  return { name: `generated files are up to date (${generators.join(', ') || 'no generators'})`, errors };
}

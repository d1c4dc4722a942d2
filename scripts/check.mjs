// Checks of the sources that no compiler makes. Failures end with exit code 1, warnings do not.
//
//   node scripts/check.mjs [--warnings]      --warnings: list every warning, not only their number
import { checkArrows } from './lib/check-arrows.mjs';
import { checkDependencies } from './lib/check-dependencies.mjs';
import { checkDocs } from './lib/check-docs.mjs';
import { checkGenerated } from './lib/check-generated.mjs';
import { checkSizes } from './lib/check-sizes.mjs';

const showAll = process.argv.includes('--warnings') || !process.env.CI;
const shownWarnings = 15;

let failures = 0;
for (const check of [checkArrows, checkDependencies, checkGenerated, checkDocs, checkSizes]) {
  const { name, errors, debts = [], warnings = [] } = check();
  failures += errors.length;
  process.stdout.write(`${errors.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  for (const error of errors) process.stdout.write(`     error: ${error}\n`);
  for (const debt of debts) process.stdout.write(`     debt: ${debt}\n`);
  const visible = showAll ? warnings.slice(0, process.argv.includes('--warnings') ? Infinity : shownWarnings) : [];
  for (const warning of visible) process.stdout.write(`     warning: ${warning}\n`);
  if (visible.length < warnings.length) process.stdout.write(`     ${warnings.length - visible.length} more warnings: npm run check -- --warnings\n`);
}
process.exitCode = failures > 0 ? 1 : 0;

// Long files and long functions: warnings, since a table may be long and still be easy to read.
import { readFileSync } from 'node:fs';
import { parseSync } from 'vite';
import { sourceFiles } from './source-files.mjs';

const fileLines = 250;
const functionLines = 45;

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts, position) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

function* functionsIn(node, name) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const child of node) yield* functionsIn(child, name);
    return;
  }
  const own = node.id?.name ?? node.key?.name ?? name;
  if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) yield { name: own ?? '(unnamed)', start: node.start, end: node.end };
  for (const [key, child] of Object.entries(node)) {
    if (key !== 'parent' && child !== null && typeof child === 'object') yield* functionsIn(child, own);
  }
}

function warningsOf(file) {
  const text = readFileSync(file, 'utf8');
  const starts = lineStarts(text);
  const warnings = [];
  const lines = starts.length - 1;
  if (lines > fileLines && !text.slice(0, 300).includes('Generated')) warnings.push(`${file} has ${lines} lines (more than ${fileLines})`);
  if (!/\.(ts|tsx|mjs|js)$/.test(file)) return warnings;
  const { program } = parseSync(file, text);
  for (const { name, start, end } of functionsIn(program, null)) {
    const first = lineAt(starts, start);
    const length = lineAt(starts, end - 1) - first + 1;
    // A test's body is a story, a `describe` a chapter.
    if (length > functionLines && !file.endsWith('.test.ts')) warnings.push(`${file}:${first} ${name} has ${length} lines (more than ${functionLines})`);
  }
  return warnings;
}

export function checkSizes() {
  const files = sourceFiles(['src', 'ui', 'test', 'bench', 'demo', 'scripts', 'bpf', 'native'], ['.ts', '.tsx', '.mjs', '.js', '.c', '.h', '.cc', '.cpp'])
    .filter((file) => !file.endsWith('vmlinux.h'));
  const warnings = files.flatMap(warningsOf);
  return { name: `sizes of ${files.length} files`, errors: [], warnings };
}

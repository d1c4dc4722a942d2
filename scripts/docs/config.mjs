import { envName, OPTIONS } from '../../dist/src/config/index.js';
import { table } from './markdown.mjs';

const specs = Object.values(OPTIONS);
const shown = (value) => (value === '' ? 'empty' : Array.isArray(value) || typeof value === 'object' ? 'none' : String(value));

function section(spec) {
  return `### \`${spec.path}\`

${spec.help}

${table(['', ''], [
    ['default', spec.path === 'requests.slow_thresholds' ? 'see below' : `\`${shown(spec.default)}\``],
    ['expected', spec.expected],
    ['flag', `\`${spec.flag}\``],
    ['environment', `\`${envName(spec)}\``],
    ['example', `\`${spec.example}\``],
    ...(spec.formerly ? [['in 0.9', `\`${spec.formerly}\``]] : []),
  ])}
`;
}

function exampleFile() {
  let top = '';
  const lines = [];
  for (const spec of specs) {
    const [head, ...rest] = spec.path.split('.');
    if (head !== top) lines.push(`${(top = head)}:`);
    const value = spec.path === 'requests.slow_thresholds' ? '{ http: 200ms, redis: 20ms }' : Array.isArray(spec.default) ? `[${spec.example}]` : spec.secret ? '""' : spec.default;
    const commented = spec.path.startsWith('scope.') && spec.path !== 'scope.cgroups' ? '# ' : '';
    lines.push(`  ${commented}${rest.join('.')}: ${value}`);
  }
  return lines.join('\n');
}

export function renderConfig() {
  const slow = OPTIONS.slowThresholdsMs.schema.parse({});
  return `# Configuration

An option can stand in a YAML file (\`kindling agent --config FILE\`, may be repeated: the last wins), in the environment, or on the command line.
The command line wins over the environment, that over the file, that over the default. A key nobody knows, or a value that cannot be,
stops the start with exit code 2 and names the nearest known key.

Durations are written \`250ms\`, \`2s\`, \`5m\`, \`1h\`, \`7d\` (a bare number is milliseconds), sizes \`512KiB\`, \`8MiB\`, \`10GiB\` (a bare number is bytes).
\`KINDLING_REQUIRE_SCOPE=1\` in the environment makes every agent refuse \`scope.all\`: set it on machines that several people share.

## A complete file

\`\`\`yaml
${exampleFile()}
\`\`\`

## Options

${specs.map(section).join('\n')}
Slow thresholds by default: ${Object.entries(slow).map(([name, ms]) => `${name} ${ms} ms`).join(', ')}.

## Moving from 0.9

${table(['option of 0.9', 'now'], specs.filter((s) => s.formerly).map((s) => [`\`${s.formerly}\``, `\`${s.path}\``]))}

Sampling in percent of normal, slow and failed requests became a budget: slow and failed ones are always kept, normal ones while the budget lasts.
`;
}

import { isPayload, REQUEST_COLUMNS, sqlType } from '../../dist/src/store/columns.js';
import { ROLLUP_LABELS, ROLLUP_SUMS } from '../../dist/src/store/rollup-columns.js';
import { table } from './markdown.mjs';

const word = (c) => (c.word === '' ? '' : `\`${c.word}:\``);

export function renderFields() {
  return `# Fields of a request

The filter language joins terms with AND: \`service:cart protocol:postgres >100ms error:yes -comm:curl "free text"\`. \`-\` negates, \`,\` gives alternatives
(\`status:500,502\`), \`*\` stands for anything, quotes take a value literally and with regard to case. Durations and sizes compare and take ranges: \`duration:>1.5s\`,
\`wait:10ms..1s\`, \`responseBytes:>10kb\`.

${table(['field', 'filter', 'meaning', 'in roll-ups', 'column of `requests`'], REQUEST_COLUMNS.filter((c) => !isPayload(c)).map((c) =>
    [`\`${c.name}\``, word(c), c.help, c.rollup === '' ? '' : 'yes', `\`${c.sql} ${sqlType(c.type)}\``]))}

# Columns of the roll-ups

\`rollup_10s\`, \`rollup_1m\` and \`rollup_1h\` count every request, exactly, by: ${ROLLUP_LABELS.map((c) => `\`${c.sql}\``).join(', ')}.

${table(['column', 'merges by', 'meaning'], [...ROLLUP_SUMS.map((c) => [`\`${c.sql}\``, c.merge, c.help]), ['`histogram`', 'sumMap', 'Durations: numbers of the buckets that are not empty, and their counts.']])}
`;
}

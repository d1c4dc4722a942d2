/** Text of a table cell: no cell breaks the table. */
export const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Markdown tables with figures aligned to the right. */

export type Cell = string | number | null;

export function table(header: string[], rows: Cell[][]): string {
  const rule = header.map((_, column) => rows.every((row) => isFigure(row[column])) ? '---:' : '---');
  return [header, rule, ...rows.map((row) => row.map(show))].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const isFigure = (cell: Cell): boolean => cell === null || typeof cell === 'number' || /^[-+x]?[\d,.]+( ?%)?$|^-$/.test(cell);
const show = (cell: Cell): string => cell === null ? '-' : String(cell);

/** With thousands separated and this many decimals; '-' for what is not there. */
export function figure(value: number | null, digits = 0): string {
  if (value === null || Number.isNaN(value)) return '-';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const ratio = (value: number | null): string => value === null || Number.isNaN(value) ? '-' : `x${value.toFixed(2)}`;

/** Words of the filter language, as far as the page writes them. */

export function filterWord(field: string, value: string): string {
  return /^[^\s"(),*<>=]+$/.test(value) ? `${field}:${value}` : `${field}:"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Parts of a filter: words and quoted strings stay whole. */
export function splitFilter(filter: string): string[] {
  return filter.match(/(?:[^\s"]|"(?:\\.|[^"\\])*"?)+/g) ?? [];
}

/** The filter with this field set to a value; an earlier value of the field goes. */
export function setWord(filter: string, field: string, value: string): string {
  const rest = splitFilter(filter).filter((word) => !word.startsWith(`${field}:`));
  return [...rest, filterWord(field, value)].join(' ');
}

export function joinFilters(...filters: string[]): string {
  return filters.map((filter) => filter.trim()).filter((filter) => filter !== '').join(' ');
}

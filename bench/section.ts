/** A level-2 section of a document that has its own writer. */

/** `text` without a heading; the section is added at the end when there is none. */
export function replaceSection(document: string, heading: string, text: string): string {
  const section = `## ${heading}\n\n${text.trim()}\n`;
  const found = findSection(document, heading);
  if (found === null) return `${document.trimEnd()}\n\n${section}`;
  const rest = document.slice(found.end);
  return `${document.slice(0, found.start)}${section}${rest === '' ? '' : `\n${rest}`}`;
}

/** Without its heading; '' when there is none. */
export function readSection(document: string, heading: string): string {
  const found = findSection(document, heading);
  return found === null ? '' : document.slice(found.start, found.end).split('\n').slice(1).join('\n').trim();
}

function findSection(document: string, heading: string): { start: number; end: number } | null {
  const start = `\n${document}`.indexOf(`\n## ${heading}\n`);
  if (start < 0) return null;
  const next = document.indexOf('\n## ', start + 1);
  return { start, end: next < 0 ? document.length : next + 1 };
}

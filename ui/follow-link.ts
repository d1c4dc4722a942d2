import { navigate } from './state/location.js';

/** Links within the page change the address without loading it again; with a modifier the browser decides. */
export function followLink(event: React.MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  const isHere = link.getAttribute('href')!.startsWith('#');
  if (!isHere && location.protocol === 'file:') return;
  event.preventDefault();
  navigate(isHere ? link.hash || '#' : link.pathname + link.search);
}

/** Light, dark, or what the system prefers. */
import { useEffect, useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'kindling.theme';
const CHANGED = 'kindling-theme';

export function chosenTheme(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden: the choice lasts until the page is left.
  }
  dispatchEvent(new Event(CHANGED));
}

/** Changes whenever colours do: what is drawn on a canvas must be drawn again. */
export function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const update = (): void => setVersion((value) => value + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    addEventListener(CHANGED, update);
    system.addEventListener('change', update);
    return () => {
      removeEventListener(CHANGED, update);
      system.removeEventListener('change', update);
    };
  }, []);
  return version;
}

/** The colour a token stands for now, in a form that a canvas takes. */
export function tokenColour(token: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

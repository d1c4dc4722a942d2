import { useState } from 'react';
import { chooseTheme, chosenTheme, type Theme } from '../state/theme.js';

const NEXT: Record<Theme, Theme> = { system: 'dark', dark: 'light', light: 'system' };

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const next = (): void => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" className="theme" onClick={next} aria-label={`Theme: ${theme}`} title={`Theme: ${theme}. Click for ${NEXT[theme]}.`}>
      <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" /><path d="M6 1a5 5 0 0 1 0 10z" fill="currentColor" /></svg>
      {theme === 'system' ? 'auto' : theme}
    </button>
  );
}

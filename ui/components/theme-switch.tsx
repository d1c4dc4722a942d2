import { useState } from 'react';
import { chooseTheme, chosenTheme, type Theme } from '../state/theme.js';

const NEXT: Record<Theme, Theme> = { system: 'dark', dark: 'light', light: 'system' };

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const next = (): void => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return <button type="button" className="theme" onClick={next} title={`Theme: ${theme}. Click for ${NEXT[theme]}.`}>{theme}</button>;
}

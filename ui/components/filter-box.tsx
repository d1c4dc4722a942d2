import { useEffect, useRef, useState } from 'react';
import type { FieldInfo } from '../../src/server/api.js';
import { completions, isUnfinished, wordAt, type Completion } from '../state/completions.js';
import { setParams, usePlace } from '../state/location.js';
import { seenValues } from '../state/seen-values.js';

/** Applied a moment after typing stops, or by Enter; all typing between focus and blur is one step for Back. */
const APPLY_MS = 250;

export function FilterBox({ fields }: { fields: FieldInfo[] }) {
  const { params } = usePlace();
  const applied = params.get('filter') ?? '';
  const [text, setText] = useState(applied);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const stepped = useRef(false);
  useEffect(() => setText(applied), [applied]);
  useEffect(() => {
    if (text.trim() === applied || document.activeElement !== input.current || isUnfinished(text)) return;
    const timer = setTimeout(() => { setParams({ filter: text.trim() }, stepped.current); stepped.current = true; }, APPLY_MS);
    return () => clearTimeout(timer);
  }, [text, applied]);

  const caret = input.current?.selectionStart ?? text.length;
  const { start, word } = wordAt(text, caret);
  const offers = open ? completions(word, fields, seenValues) : [];
  const take = (offer: Completion): void => {
    setText(text.slice(0, start) + offer.insert + text.slice(caret));
    setChosen(-1);
    input.current?.focus();
  };
  const clear = (): void => { setText(''); setParams({ filter: null }); };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown' && offers.length > 0) { event.preventDefault(); setChosen(chosen >= offers.length - 1 ? 0 : chosen + 1); }
    else if (event.key === 'ArrowUp' && offers.length > 0) { event.preventDefault(); setChosen(chosen <= 0 ? offers.length - 1 : chosen - 1); }
    else if (event.key === 'Tab' && offers.length > 0 && word !== '') { event.preventDefault(); take(offers[Math.max(0, chosen)]); }
    else if (event.key === 'Enter' && offers[chosen]) { event.preventDefault(); take(offers[chosen]); }
    else if (event.key === 'Enter') { setParams({ filter: text.trim() }); input.current?.blur(); }
    else if (event.key === 'Escape') { if (offers.length > 0) setOpen(false); else input.current?.blur(); }
  };
  return (
    <div className="filter" role="search">
      <input
        id="filter" ref={input} value={text} placeholder="filter: service:cart protocol:postgres >100ms error:yes" spellCheck={false} autoComplete="off"
        role="combobox" aria-label="Filter" aria-expanded={offers.length > 0} aria-controls="filter-offers" aria-autocomplete="list"
        aria-activedescendant={offers[chosen] ? `filter-offer-${chosen}` : undefined}
        onChange={(event) => { setText(event.target.value); setOpen(true); setChosen(-1); }}
        onFocus={() => { setOpen(true); stepped.current = false; }} onBlur={() => setOpen(false)} onKeyDown={onKeyDown}
      />
      {text !== '' && <button type="button" className="plain clear" onClick={clear} aria-label="Clear the filter">×</button>}
      <Offers offers={offers} chosen={chosen} onTake={take} />
    </div>
  );
}

function Offers({ offers, chosen, onTake }: { offers: readonly Completion[]; chosen: number; onTake: (offer: Completion) => void }) {
  if (offers.length === 0) return null;
  return (
    <ul id="filter-offers" role="listbox">
      {offers.map((offer, i) => (
        <li key={offer.label} id={`filter-offer-${i}`} role="option" aria-selected={i === chosen} onMouseDown={(event) => { event.preventDefault(); onTake(offer); }}>
          <b><bdi>{offer.label}</bdi></b><span>{offer.help}</span>
        </li>
      ))}
    </ul>
  );
}

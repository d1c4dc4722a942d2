/** Programs that are not in use, those with one reason together. */
export function reasonsOf(hooks: ReadonlyArray<{ name: string; reason: string }>): Array<{ names: string; reason: string }> {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of hooks) byReason.set(reason, [...byReason.get(reason) ?? [], name]);
  return [...byReason].map(([reason, names]) => ({ names: names.join(', '), reason }));
}

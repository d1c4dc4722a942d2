/** A small line without axes; its numbers stand beside it. Points that failed are marked below. */
export function Sparkline({ values, marks, label, width = 120, height = 20 }: {
  values: readonly number[]; marks?: readonly number[]; label: string; width?: number; height?: number;
}) {
  const clean = values.map((value) => (Number.isFinite(value) ? value : 0));
  const most = Math.max(...clean, 1e-9);
  const step = width / Math.max(1, clean.length - 1);
  const points = clean.map((value, i) => `${(i * step).toFixed(1)},${(height - 4 - (value / most) * (height - 6)).toFixed(1)}`);
  return (
    <svg className="sparkline" width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      {points.length > 1 && <polyline points={points.join(' ')} fill="none" stroke="var(--ink-2)" strokeWidth="1" />}
      {marks?.map((count, i) => count > 0 && <rect key={i} x={i * step - 1} y={height - 2} width={Math.max(2, step - 0.5)} height={2} fill="var(--error)" />)}
    </svg>
  );
}

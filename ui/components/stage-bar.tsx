import './stage-bar.css';
import type { RequestSummary } from '../../src/server/api.js';
import { formatDuration } from '../format.js';
import { placedStages } from '../stages.js';

/** A request's stages to scale: the full width is `maxNs`. */
export function StageBar({ request, maxNs }: { request: RequestSummary; maxNs: number }) {
  const stages = placedStages(request);
  const lead = Math.max(0, ...stages.map((stage) => -stage.fromNs));
  const scale = 100 / Math.max(1, maxNs);
  const label = stages.map((stage) => `${stage.label} ${formatDuration(stage.ns)}`).join(', ');
  return (
    <span className="stage-bar" role="img" aria-label={label} title={label}>
      {stages.map((stage) => (
        <i key={stage.key} className={stage.look} style={{ left: `${Math.min(100, (stage.fromNs + lead) * scale)}%`, width: `${Math.min(100, stage.ns * scale)}%` }} />
      ))}
    </span>
  );
}

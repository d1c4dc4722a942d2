import type { RequestSummary } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { groupRows, type Grouping } from '../group-rows.js';
import { setWord } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';

export function GroupTable({ rows, by, filter }: { rows: readonly RequestSummary[]; by: Grouping; filter: string }) {
  const groups = groupRows(rows, by);
  const total = groups.reduce((sum, group) => sum + group.totalNs, 0) || 1;
  return (
    <div className="groups">
      <table aria-label={`Requests by ${by}`}>
        <thead>
          <tr>
            <th>{by}</th><th className="number">Requests</th><th className="number">Failed</th><th className="number">p50</th>
            <th className="number">p95</th><th className="number">Longest</th><th className="number">Share of time</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.value}>
              <td className="cut" style={{ maxWidth: '60ch' }}>
                <a href={hrefTo('/requests', { filter: setWord(filter, by, group.value) })}><bdi>{visible(group.value, 200) || '(none)'}</bdi></a>
              </td>
              <td className="number">{formatCount(group.count)}</td>
              <td className={`number ${group.errors > 0 ? 'error' : 'muted'}`}>{group.errors > 0 ? formatCount(group.errors) : 'none'}</td>
              <td className="number">{formatDuration(group.p50Ns)}</td>
              <td className="number">{formatDuration(group.p95Ns)}</td>
              <td className="number">{formatDuration(group.maxNs)}</td>
              <td className="number">{formatShare(group.totalNs / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

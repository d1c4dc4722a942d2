import type { RequestSummary } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { groupRows, type Grouping } from '../group-rows.js';
import { setWord } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';

export function GroupTable({ rows, by, filter }: { rows: readonly RequestSummary[]; by: Grouping; filter: string }) {
  const groups = groupRows(rows, by);
  const of = (value: string, more = ''): string => hrefTo('/requests', { filter: `${setWord(filter, by, value)} ${more}`.trim(), ends: new URLSearchParams(location.search).get('ends') });
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
                <a href={of(group.value)}><bdi>{visible(group.value, 200) || '(none)'}</bdi></a>
              </td>
              <td className="number"><a href={of(group.value)}>{formatCount(group.count)}</a></td>
              <td className={`number ${group.errors > 0 ? 'error' : 'muted'}`}>{group.errors > 0 ? <a href={of(group.value, 'error:yes')}>{formatCount(group.errors)}</a> : 'none'}</td>
              <td className="number"><a href={of(group.value, `>=${Math.floor(group.p50Ns / 1e3)}us`)}>{formatDuration(group.p50Ns)}</a></td>
              <td className="number"><a href={of(group.value, `>=${Math.floor(group.p95Ns / 1e3)}us`)}>{formatDuration(group.p95Ns)}</a></td>
              <td className="number"><a href={of(group.value, `>=${Math.floor(group.maxNs / 1e3)}us`)}>{formatDuration(group.maxNs)}</a></td>
              <td className="number">{formatShare(group.totalNs / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import './waterfall.css';
import './stage-bar.css';
import { memo, useState } from 'react';
import type { RequestDetail, RequestSummary } from '../../src/server/api.js';
import { formatDuration, formatShare } from '../format.js';
import { certainty, fittingCalls, type FittingCall } from '../call-fit.js';
import { isFailed, placedStages, stagesOf } from '../stages.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, navigate } from '../state/location.js';
import { offsetNs } from '../verdict.js';
import { visible } from '../wire-text.js';
import { requestTitle } from '../request-title.js';

interface Axis { fromNs: number; toNs: number; stepNs: number }

/** 1, 2 or 5 times a power of ten, about eight steps. */
function niceStep(spanNs: number): number {
  const raw = spanNs / 8;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
}

/** Everything on the request's own clock; what began before (a connect, another end) widens the axis. */
function axisOf(request: RequestSummary, rows: readonly RequestSummary[]): Axis {
  let fromNs = 0;
  let toNs = request.durationNs;
  for (const row of rows) {
    const at = offsetNs(row, request);
    fromNs = Math.min(fromNs, at - (row.connectNs ?? 0));
    toNs = Math.max(toNs, Math.min(at + row.durationNs, request.durationNs * 1.5));
  }
  // A connection opened long ago is no reason to squeeze the rest.
  fromNs = Math.max(fromNs, -request.durationNs);
  const span = Math.max(1, toNs - fromNs);
  return { fromNs, toNs: toNs + span * 0.01, stepNs: niceStep(span) };
}

/** A busy event loop makes hundreds of calls meanwhile, for other requests too. */
const SHOWN_CALLS = 8;
/** With a profile the threads below show them too. */
const SHOWN_WITH_PROFILE = 4;

export const Waterfall = memo(function Waterfall({ detail, brief }: { detail: RequestDetail; brief: boolean }) {
  const { request, otherEnd } = detail;
  const [all, setAll] = useState(false);
  const fits = fittingCalls(detail);
  const calls = (all ? fits : fits.slice(0, brief ? SHOWN_WITH_PROFILE : SHOWN_CALLS)).map((fit) => fit.call);
  const filled = new Map(fits.map((fit) => [fit.call, fit]));
  const ordered = otherEnd && otherEnd.role === 'client' ? [otherEnd, request] : otherEnd ? [request, otherEnd] : [request];
  const rows = [...ordered, ...calls];
  const axis = axisOf(request, rows);
  const [cursor, setCursor] = useState(-1);
  const move = (by: number): void => setCursor((at) => Math.max(0, Math.min(rows.length - 1, at + by)));
  useKeys({
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    ...(rows[cursor] ? { Enter: () => navigate(hrefTo(`/requests/${rows[cursor].id}`)) } : {}),
  });
  return (
    <section className="section" aria-label="Waterfall">
      <div className="waterfall" role="list">
        <AxisRow axis={axis} />
        {ordered.map((row, i) => <WaterfallRow key={row.id} row={row} request={request} axis={axis} call={false} selected={i === cursor} />)}
        {calls.length > 0 && <div className="wf-group"><strong>Meanwhile this process asked others</strong>{calls.length < detail.calls.length && ` (${calls.length} of ${detail.calls.length} calls)`}. {certainty(detail)}</div>}
        {calls.map((row, i) => <WaterfallRow key={row.id} row={row} request={request} axis={axis} call selected={ordered.length + i === cursor} fit={filled.get(row)} />)}
      </div>
      {calls.length < detail.calls.length && <button type="button" className="plain link" onClick={() => setAll(true)}>Show the other {detail.calls.length - calls.length} calls</button>}
      <StageLegend request={request} />
    </section>
  );
});

function ticks({ fromNs, toNs, stepNs }: Axis): number[] {
  const all = [];
  for (let at = Math.ceil(fromNs / stepNs) * stepNs; at < toNs; at += stepNs) all.push(at);
  return all;
}

const place = (axis: Axis, ns: number): string => `${((ns - axis.fromNs) / (axis.toNs - axis.fromNs)) * 100}%`;

function AxisRow({ axis }: { axis: Axis }) {
  return (
    <div className="wf-axis" aria-hidden="true">
      <span>what</span><span className="number">took</span>
      <div className="wf-track" style={{ borderColor: 'transparent' }}>
        {ticks(axis).map((at) => <span key={at} style={{ left: place(axis, at) }}>{at === 0 ? '0' : `${at > 0 ? '+' : '−'}${formatDuration(Math.abs(at))}`}</span>)}
      </div>
    </div>
  );
}

function WaterfallRow({ row, request, axis, call, selected, fit }: { row: RequestSummary; request: RequestSummary; axis: Axis; call: boolean; selected: boolean; fit?: FittingCall }) {
  const offset = offsetNs(row, request);
  const end = row.role === 'server' ? `at ${row.service}` : `at ${row.service}, calling ${row.peerService}`;
  const label = call ? `${row.peerService}  ${requestTitle(row)}` : end;
  return (
    <a className="wf-row" role="listitem" aria-selected={selected} href={hrefTo(`/requests/${row.id}`)} title={visible(requestTitle(row), 500)}>
      <span className={`cut ${row.id === request.id ? 'own' : call ? 'wf-call' : ''}`}>
        {fit && <span className="muted" title={fit.outlasts ? 'It ended after this answer had begun' : 'Share of this request\'s waiting'}>{fit.outlasts ? 'outlasts it' : formatShare(fit.fills)} </span>}{isFailed(row) && <span className="error">✕ </span>}<bdi>{visible(label, 120)}</bdi>
      </span>
      <span className="number">{formatDuration(row.durationNs)}</span>
      <div className="wf-track">
        {ticks(axis).map((at) => <u key={at} style={{ left: place(axis, at) }} />)}
        {placedStages(row).map((stage) => {
          const from = Math.max(offset + stage.fromNs, axis.fromNs);
          const to = Math.min(offset + stage.fromNs + stage.ns, axis.toNs);
          const width = `${(Math.max(0, to - from) / (axis.toNs - axis.fromNs)) * 100}%`;
          return <i key={stage.key} className={stage.look} style={{ left: place(axis, from), width }} title={`${stage.label}: ${formatDuration(stage.ns)}`} />;
        })}
      </div>
    </a>
  );
}

function StageLegend({ request }: { request: RequestSummary }) {
  const whole = Math.max(1, request.durationNs);
  return (
    <div className="stage-legend">
      {stagesOf(request).map((stage) => (
        <span key={stage.key}>
          <i className={stage.look} />{visible(stage.label, 60)} {formatDuration(stage.ns)}
          {stage.key !== 'connect' && <span className="muted"> {formatShare(Math.min(1, stage.ns / whole))}</span>}
        </span>
      ))}
      {request.connectNs === null && <span className="muted">no connect: the connection was already open</span>}
    </div>
  );
}

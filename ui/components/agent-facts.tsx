import '../pages/request.css';
import type { ReactNode } from 'react';
import type { AgentHealth, StoreHealth } from '../../src/server/api.js';
import { formatAge, formatBytes, formatCores, formatCount, formatRate, formatShare } from '../format.js';
import { visible } from '../wire-text.js';

function FactList({ facts }: { facts: ReadonlyArray<[string, ReactNode]> }) {
  return <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

export function AgentFacts({ health }: { health: AgentHealth }) {
  const { cpu, memory, events, requests, connections } = health;
  return (
    <>
      <div className="columns-2 section">
        <section>
          <h2>Capture</h2>
          <FactList facts={[
            ['Scope', visible(health.scope, 400)],
            ['Events', `${formatCount(events.total)}, now ${formatRate(events.perSecond)}, ${formatBytes(events.bytes)} in all`],
            ['Requests', `${formatCount(requests.total)}, now ${formatRate(requests.perSecond)}, ${formatCount(requests.incomplete)} incomplete`],
            ['Connections', `${formatCount(connections.open)} open of ${formatCount(connections.total)}, ${formatCount(connections.unclassified)} of unknown protocol`],
            ['Agent', `version ${health.version}, pid ${health.pid}, up ${formatAge(Date.now() - health.startedAt)}`],
            ['CPU', `agent ${formatCores(cpu.agentCores)} (capture ${formatCores(cpu.captureCores)}), store ${formatCores(cpu.storeCores)}, in the kernel ${cpu.kernelCores === null ? 'not accounted' : formatCores(cpu.kernelCores)}`],
            ['Memory', `agent ${formatBytes(memory.agentRssBytes)}, store ${formatBytes(memory.storeRssBytes)}`],
          ]} />
        </section>
        <section><h2>Store</h2>{health.store ? <Store store={health.store} /> : <p className="muted">No store is in use: requests are exported and shown live only.</p>}</section>
      </div>
      <div className="columns-2 section">
        <section><h2>Lost</h2><Losses losses={health.losses} /></section>
        <section><h2>Hooks</h2><Hooks hooks={health.hooks} /></section>
      </div>
    </>
  );
}

function Store({ store }: { store: StoreHealth }) {
  return (
    <FactList facts={[
      ['State', <span className={store.state === 'ok' ? '' : 'error'}>{store.state}{store.message && `: ${visible(store.message)}`}</span>],
      ['Engine', store.engine],
      ['Directory', visible(store.directory)],
      ['Rows', `${formatCount(store.rows)}, ${formatBytes(store.bytes)} of ${formatBytes(store.diskBudgetBytes)} (${formatShare(store.bytes / store.diskBudgetBytes)})`],
      ['Goes back', store.oldestMs === null ? 'nothing stored yet' : formatAge(Date.now() - store.oldestMs)],
      ['Detail', `${formatRate(store.keptPerSecond)} rows kept, budget ${Number.isFinite(store.budgetPerSecond) && store.budgetPerSecond !== null ? formatRate(store.budgetPerSecond) : 'none (all are kept)'}`],
      ['Spool', `${formatCount(store.spoolBatches)} batches wait, ${formatBytes(store.spoolBytes)}`],
      ['Dropped', store.droppedBatches === 0 ? 'no batch' : <span className="error">{formatCount(store.droppedBatches)} batches</span>],
    ]} />
  );
}

function Losses({ losses }: { losses: AgentHealth['losses'] }) {
  if (losses.length === 0) return <p className="muted">Nothing: every event that the kernel side produced was read.</p>;
  return (
    <table>
      <thead><tr><th>Reason</th><th className="number">Count</th><th>What it means</th></tr></thead>
      <tbody>{losses.map((loss) => <tr key={loss.reason}><td>{loss.reason.replaceAll('_', ' ')}</td><td className="number">{loss.unit === 'bytes' ? formatBytes(loss.count) : `${formatCount(loss.count)} ${loss.count === 1 ? loss.unit.slice(0, -1) : loss.unit}`}</td><td className="muted">{loss.help}</td></tr>)}</tbody>
    </table>
  );
}

function Hooks({ hooks }: { hooks: AgentHealth['hooks'] }) {
  return (
    <table>
      <thead><tr><th>Hook</th><th>State</th><th>Why</th></tr></thead>
      <tbody>{hooks.map((hook) => <tr key={hook.name}><td className="mono">{hook.name}</td><td className={hook.state === 'failed' ? 'error' : ''}>{hook.state}</td><td className="muted">{visible(hook.reason)}</td></tr>)}</tbody>
    </table>
  );
}

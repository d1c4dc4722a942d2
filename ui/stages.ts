/** A request's stages as a browser's network panel names them, with the meaning that gives each its colour. */
import type { RequestSummary } from '../src/server/api.js';

export interface Stage {
  key: 'connect' | 'unread' | 'send' | 'wait' | 'receive';
  label: string;
  ns: number;
  /** Class of the bar: a meaning, see tokens.css. */
  look: 'wire-connect' | 'unread' | 'wire-send' | 'peer' | 'inside' | 'wire-receive';
}

/** At the server's end "waiting" is the time inside this service; what it was spent on is not known without a profile. */
export function stagesOf(request: RequestSummary): Stage[] {
  const server = request.role === 'server';
  const all: Array<Omit<Stage, 'ns'> & { ns: number | null }> = [
    { key: 'connect', label: 'connect', ns: request.connectNs, look: 'wire-connect' },
    // Nobody read it: the process was busy or waited for a CPU.
    { key: 'unread', label: 'unread in the socket', ns: request.unreadNs, look: 'unread' },
    { key: 'send', label: server ? 'request received' : 'request sent', ns: request.sendNs, look: 'wire-send' },
    { key: 'wait', label: server ? 'in this service' : `waiting for ${request.peerService || 'the peer'}`, ns: request.waitNs, look: server ? 'inside' : 'peer' },
    { key: 'receive', label: server ? 'response sent' : 'download', ns: request.receiveNs, look: 'wire-receive' },
  ];
  return all.filter((stage): stage is Stage => stage.ns !== null);
}

/** Stages one after the other, from `startNs` relative to the request's own start; connecting comes before it. */
export function placedStages(request: RequestSummary): Array<Stage & { fromNs: number }> {
  let at = 0;
  return stagesOf(request).map((stage) => {
    // The duration runs from the first byte of the request; a connect that succeeded ended by then.
    if (stage.key === 'connect' && request.error !== 'connect_failed') return { ...stage, fromNs: -stage.ns };
    const placed = { ...stage, fromNs: at };
    at += stage.ns;
    return placed;
  });
}

export function isFailed(request: RequestSummary): boolean {
  return request.error !== 'none';
}

/** RFC 1035, 4.1.1 and RFC 2136, 2.2. */
const DNS_RCODES: Record<string, string> = { 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED', 6: 'YXDOMAIN', 9: 'NOTAUTH' };

const ERROR_WORDS: Record<RequestSummary['error'], string> = {
  none: '', connect_failed: 'connect failed', no_response: 'no response', protocol_error: 'error',
};

/** What stands in the status column, always a word or a code. */
export function statusText(request: RequestSummary): string {
  const { protocol, status, error } = request;
  if (error === 'connect_failed' || error === 'no_response') return ERROR_WORDS[error];
  if (protocol === 'http') return status || ERROR_WORDS[error];
  if (error === 'none') return status === '0' ? 'ok' : status;
  if (protocol === 'dns') return DNS_RCODES[status] ?? `rcode ${status}`;
  return protocol === 'redis' || status === '' ? 'error' : `error ${status}`;
}

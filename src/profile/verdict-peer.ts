/** Time at other services and on the way to them, in words: which call, what its server did, and whether the network is to blame. */
import { READS_SLOWLY, SENDS_SLOWLY } from './client-waits.js';
import { isConnect } from './peer-calls.js';
import type { CallRef, LookAt, PathSegment } from './profile.js';
import { countText, durationText, nameText } from './quantities.js';
import { insideText } from './verdict-doing.js';
import type { Part, VerdictInput } from './verdict-parts.js';
import { entryText, lengthOf } from './verdict-parts.js';
import type { VerdictCase, VerdictValues } from './verdict-texts.js';
import { fillText, NETWORK_TEXTS } from './verdict-texts.js';

/** Round trips that make up so much of the time are to blame for it: one for each call at least. */
const FAR_SHARE = 0.4;

/** What was sent again is there so much later at most: its server's part begins then. */
const ARRIVES_NS = 1e6;

/** Others that took less of the time are not mentioned. */
const OTHER_SHARE = 0.02;

/** Losses that cost less than this of the time are not worth a word. */
const LOST_SHARE = 0.1;

export interface PeerCause { name: VerdictCase; values: VerdictValues; lookAt: LookAt[] }

export function peerCause(part: Part, verdict: VerdictInput): PeerCause {
  const [main] = part.entries;
  const segments = part.segments.filter((segment) => segment.object === main.object);
  const calls = callsOf(part);
  const client = /^the client/.test(main.object);
  const network = networkText(client ? clientsNetwork(verdict) : calls, part, verdict);
  if (client || calls.length === 0) return { name: clientCase(main.object), values: { peer: nameText(main.object.replace(READS_SLOWLY, '').replace(SENDS_SLOWLY, '')), network }, lookAt: [] };
  const others = new Set(part.entries.slice(1).filter((entry) => entry.ns >= part.ns * OTHER_SHARE).map((entry) => entry.object)).size;
  const peer = others === 0 ? entryText(main) : `${entryText(main)} (${durationText(main.ns)}) and ${countText(others, 'other')}`;
  const inside = insideText(segments, verdict);
  const [longest] = [...calls].sort((a, b) => (b.endNs - b.startNs) - (a.endNs - a.startNs));
  return {
    name: longest.protocol === 'dns' ? 'dns' : 'peer',
    values: { peer, calls: calls.length > 1 ? countText(calls.length, 'call') : '', inside, network },
    lookAt: [longest.server
      ? { label: `${entryText(main)}, as its server saw it`, requestId: longest.server.id } : { label: entryText(main), requestId: longest.id }],
  };
}

export function wireCause(part: Part, verdict: VerdictInput): PeerCause {
  const [main] = part.entries;
  const calls = callsOf(part);
  const [call] = calls;
  const lookAt = call ? [{ label: entryText(main), requestId: call.id }] : [];
  const peer = nameText(main.object.replace(/^packets to /, ''));
  if (/^connect to /.test(main.object)) {
    const failed = part.segments.some((one) => one.call && isConnect(one.call) && one.call.error);
    return { name: failed ? 'connect_failed' : 'connect', values: { peer, network: failed ? '' : networkText(calls.filter((one) => one.retransmits), part, verdict) }, lookAt };
  }
  const lost = lostIn(part.segments, calls.length > 0 ? calls : clientsNetwork(verdict));
  const atServer = calls.map(atServerNs).filter((ns) => ns > 0);
  const rest = atServer.length > 0 ? `Its server itself was quick (${durationText(Math.max(...atServer))})` : '';
  if (lost > 0) return { name: 'packet_loss', values: { peer, retransmits: countText(lost, 'packet'), rest: rest && `${rest}.` }, lookAt };
  return { name: 'wire', values: { peer, rest: rest && `${rest[0].toLowerCase()}${rest.slice(1)}`, network: networkText(calls, part, verdict) }, lookAt };
}

function clientCase(object: string): VerdictCase {
  return object.endsWith(READS_SLOWLY) ? 'slow_reader' : object.endsWith(SENDS_SLOWLY) ? 'slow_sender' : 'peer_unknown';
}

function callsOf(part: Part): CallRef[] {
  return [...new Set(part.segments.map((segment) => segment.call))].filter((call) => call !== null);
}

function clientsNetwork({ input }: VerdictInput): CallRef[] {
  return input.request ? [input.request] : [];
}

function atServerNs({ server }: CallRef): number {
  return server ? server.endNs - server.startNs : 0;
}

/**
 * Packets sent again that the path had to wait for. Others tell of no loss: a sender probes with its last packet when the
 * other end is in no hurry to confirm it.
 */
function lostIn(path: readonly PathSegment[], calls: readonly CallRef[], leastNs = 0): number {
  const waits = path.filter(({ kind, call }) => kind === 'wire' && (call === null || calls.some(({ id }) => id === call.id)));
  const lost = (ns: number): boolean => waits.some(({ startNs, endNs }) => ns >= startNs && ns <= endNs + ARRIVES_NS);
  if (lengthOf(waits) < leastNs) return 0;
  return calls.reduce((sum, { retransmittedNs }) => sum + (retransmittedNs ?? []).filter(lost).length, 0);
}

/** What the connections tell of the network; '' when nothing is known of it. */
function networkText(calls: readonly CallRef[], part: Part, { path }: VerdictInput): string {
  const again = calls.reduce((sum, call) => sum + (call.retransmits ?? 0), 0);
  const inVain = calls.every((call) => !call.retransmits || part.segments.some((one) => one.call?.id === call.id && (one.inside?.length ?? 0) > 0));
  const rtts = calls.map((call) => call.rttNs).filter((ns): ns is number => typeof ns === 'number' && ns >= 0);
  const rtt = rtts.length > 0 ? [`round trip ${durationText(Math.max(...rtts))}`] : [];
  if (lostIn(path, calls, part.ns * LOST_SHARE) > 0) return fillText(NETWORK_TEXTS.lost, { figures: [...rtt, `${countText(again, 'packet')} sent again`].join(', ') });
  const farNs = calls.reduce((sum, call) => sum + Math.max(0, call.rttNs ?? 0), 0);
  if (farNs >= part.ns * FAR_SHARE) return fillText(NETWORK_TEXTS.far, { figures: rtt[0] });
  if (rtt.length > 0) return fillText(NETWORK_TEXTS.fine, { figures: [...rtt, again > 0 ? `${countText(again, 'packet')} sent again${inVain ? ' in vain' : ''}` : 'no retransmits'].join(', ') });
  const seenNs = part.segments.filter((one) => one.inside && one.inside.length > 0).reduce((sum, one) => sum + one.endNs - one.startNs, 0);
  const wayNs = path.filter((one) => one.kind === 'wire').reduce((sum, one) => sum + one.endNs - one.startNs, 0);
  return seenNs >= part.ns * 0.9 && wayNs < part.ns * 0.05 ? fillText(NETWORK_TEXTS.fine, { figures: 'all of that passed in the server itself' }) : '';
}

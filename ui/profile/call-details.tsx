import type { CallRef, Profile } from '../../src/server/api.js';
import { RequestLink } from '../components/request-link.js';
import { formatDuration } from '../format.js';
import { hrefHere } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { Fact } from './slice-details.js';
import { sliceParams } from './selection.js';

/** A call that the process made: how long, where, and the ways on to it. */
export function CallDetails({ profile, call, onClose }: { profile: Profile; call: CallRef; onClose: () => void }) {
  const { server } = call;
  const there = server && sliceParams(profile, server.responseTid, (server.startNs + server.endNs) / 2);
  return (
    <section className="slice-details" aria-label="Selected call">
      <div className="slice-head">
        <h2>Call to <bdi>{visible(call.service, 40)}</bdi>, {formatDuration(call.endNs - call.startNs)}</h2>
        <span className="spacer" /><button type="button" className="plain" onClick={onClose} title="Esc">Close</button>
      </div>
      <dl className="facts">
        <Fact name="Asked"><RequestLink id={call.id}><bdi className="mono">{visible(call.endpoint || call.protocol, 300)}</bdi></RequestLink> <span className="muted">{visible(call.protocol, 20)}{call.peer && `, at ${visible(call.peer, 60)}`}</span></Fact>
        <Fact name="Time">{offsetText(call.startNs - profile.requestStartNs)} to {offsetText(call.endNs - profile.requestStartNs)} after the request began</Fact>
        {server && <Fact name="In the server itself">{formatDuration(server.endNs - server.startNs)}, <RequestLink id={server.id}>its request and profile</RequestLink>{there && <>, <a className="link" href={hrefHere({ ...there, call: null })}>its thread here</a></>}</Fact>}
        {server && <Fact name="On the way">{formatDuration(Math.max(0, call.endNs - call.startNs - (server.endNs - server.startNs)))}</Fact>}
        {call.connectNs !== null && call.connectNs !== undefined && <Fact name="Connecting">{formatDuration(call.connectNs)}</Fact>}
        {call.rttNs !== null && call.rttNs !== undefined && <Fact name="Round trip">{formatDuration(call.rttNs)}{call.retransmits !== undefined && `, ${call.retransmits === 0 ? 'nothing' : `${call.retransmits} segments`} sent again`}</Fact>}
      </dl>
    </section>
  );
}

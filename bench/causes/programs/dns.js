// A DNS server that answers every question with 127.0.0.1, at once, but $DELAY_MS late when it is for `prices`. UDP port: $PORT.
import { createSocket } from 'node:dgram';

process.title = 'resolver';
const socket = createSocket('udp4');

socket.on('message', (query, peer) => {
  const answer = answerTo(query);
  if (answer) setTimeout(() => socket.send(answer, peer.port, peer.address), query.includes('prices') ? Number(process.env.DELAY_MS) : 0);
});
socket.bind(Number(process.env.PORT), '127.0.0.1');

/** The question copied back with one address record (RFC 1035, section 4); null for what is no question. */
function answerTo(query) {
  let end = 12;
  while (end < query.length && query[end] !== 0) end += query[end] + 1;
  end += 5;
  if (query.length < end) return null;
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([header, query.subarray(12, end), record]);
}

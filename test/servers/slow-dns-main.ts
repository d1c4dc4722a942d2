/** The program of slow-dns.ts: UDP port $PORT, $DELAY_MS late where the question has $ONLY_FOR in it. */
import { createSocket } from 'node:dgram';

const { PORT, DELAY_MS, ONLY_FOR = '', NAME = 'slow-dns' } = process.env;
process.title = NAME;
const socket = createSocket('udp4');

socket.on('message', (query, peer) => {
  const answer = answerTo(query);
  if (answer) setTimeout(() => socket.send(answer, peer.port, peer.address), query.includes(ONLY_FOR) ? Number(DELAY_MS) : 0);
});
socket.bind(Number(PORT), '127.0.0.1');

/** The question copied back with one address record (RFC 1035, section 4); null for what is no question. */
function answerTo(query: Buffer): Buffer | null {
  let end = 12;
  while (end < query.length && query[end] !== 0) end += query[end] + 1;
  end += 5;
  if (query.length < end) return null;
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([header, query.subarray(12, end), record]);
}

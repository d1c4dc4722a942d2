/**
 * Captures one fixture by hand:
 *
 *     node dist/src/protocols/testing/capture-cli.js redis get-set 6379 -- redis-cli -p PORT get x
 *     node dist/src/protocols/testing/capture-cli.js --udp dns a-record 5353 -- dig -p PORT @127.0.0.1 example.com
 *
 * The command reaches the server through the recording proxy; PORT in its arguments becomes the proxy's port. The conversation of the
 * first connection is written to test/fixtures/PROTOCOL/NAME.conv; further ones to NAME-2.conv and so on.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordTcp, recordUdp, writeFixture } from './capture.js';

const USAGE = 'usage: capture-cli.js [--udp] PROTOCOL NAME SERVER_PORT_OR_PATH -- COMMAND [ARGUMENT...] (PORT stands for the proxy)\n';
/** Ends of connections arrive shortly after the client has exited. */
const SETTLE_MS = 200;

async function main(argv: string[]): Promise<number> {
  const udp = argv[0] === '--udp';
  const [protocol, name, target, separator, ...command] = udp ? argv.slice(1) : argv;
  if (separator !== '--' || command.length === 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const port = Number(target);
  const recorder = udp ? await recordUdp(port) : await recordTcp(Number.isNaN(port) ? target : port);
  const argumentsWithPort = command.map((word) => word.replaceAll('PORT', String(recorder.port)));
  const child = spawn(argumentsWithPort[0], argumentsWithPort.slice(1), { stdio: 'inherit' });
  const code = await new Promise<number>((done) => {
    child.on('exit', (status) => { done(status ?? 1); });
    child.on('error', (error) => { process.stderr.write(`cannot run ${command[0]}: ${error.message}\n`); done(127); });
  });
  await sleep(SETTLE_MS);
  await recorder.close();
  const title = `captured with: ${command.join(' ')}`;
  recorder.conversations.forEach((steps, i) => { writeFixture(protocol, i === 0 ? name : `${name}-${i + 1}`, steps, title); });
  return code;
}

process.exitCode = await main(process.argv.slice(2));

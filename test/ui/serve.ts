// node dist/test/ui/serve.js [port] : the page with made-up data, for its development.
import { startFixture } from './fixture-server.js';

const fixture = await startFixture({ port: Number(process.argv[2] ?? 9510), visitsPerSecond: 4 });
process.stdout.write(`${fixture.server.url}\n`);
process.on('SIGINT', () => void fixture.close().then(() => process.exit(0)));
process.on('SIGTERM', () => void fixture.close().then(() => process.exit(0)));

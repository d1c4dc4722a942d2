/** `npm run replay:baseline`: what the replay cases give now is what they shall give. Read the difference before it is committed. */
import { writeFileSync } from 'node:fs';
import { CONVERSATIONS, FOLDER } from './conversations.js';
import { requestsOf } from './requests.js';

for (const { name } of CONVERSATIONS) {
  const requests = await requestsOf(`${FOLDER}${name}.jsonl`);
  writeFileSync(`${FOLDER}${name}.expected.jsonl`, `${requests.join('\n')}\n`);
  process.stdout.write(`${name}: ${requests.length} requests\n`);
}

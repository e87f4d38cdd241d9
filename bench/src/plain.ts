import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

// node plain.js FILE URL: sends a file of line protocol in plain batches, two at a time, and prints points per second. What
// curl would do, without starting a process for each batch.

const BATCH_LINES = 5_000;
const CONNECTIONS = 2;

const [file, url] = process.argv.slice(2) as [string, string];
const { INFLUX_ORG: org = '', INFLUX_BUCKET: bucket = '', INFLUX_TOKEN: token = '' } = process.env;
const query = new URLSearchParams({ org, bucket, precision: 'ns' });
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const batches = batchesOf(readFileSync(file));
const points = batches.reduce((sum, { lines }) => sum + lines, 0);

const startedAt = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    while (next < batches.length) await send(batches[next++]!.body);
  }),
);
process.stdout.write(`${JSON.stringify((1_000 * points) / (performance.now() - startedAt))}\n`);
agent.destroy();

function send(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Token ${token}`, 'content-length': body.length };
    const sent = request(`${url}/api/v2/write?${query}`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 204) resolve();
        else reject(new Error(`the answer must be 204, got ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function batchesOf(text: Buffer): { body: Buffer; lines: number }[] {
  const batches: { body: Buffer; lines: number }[] = [];
  for (let from = 0; from < text.length; ) {
    let to = from;
    let lines = 0;
    while (lines < BATCH_LINES && to < text.length) {
      to = text.indexOf(10, to) + 1;
      lines++;
    }
    batches.push({ body: text.subarray(from, to), lines });
    from = to;
  }
  return batches;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDB, setLogger } from '@influxdata/influxdb-client';

const ATTEMPTS = 5;
/** The client's own buffering drops points; with these settings `flush` is fulfilled when the server has them all. */
const WRITE_OPTIONS = { maxRetries: 0, flushInterval: 0, batchSize: 1_000_000, maxBufferLines: 1_000_000 };

/**
 * The handler of the background node that sends actions to InfluxDB, where the config has `outputs.influx`: measurement
 * `actions`, tags `run`, `stage` and `agent`. It gives up at the first batch that the server does not take.
 */
export function createInfluxHandler({ url, org, bucket, token }, { run, createdMs, steps }) {
  setLogger({ error: () => {}, warn: () => {} });
  const writer = new InfluxDB({ url, token }).getWriteApi(org, bucket, 'ns', WRITE_OPTIONS);
  let failure;
  return async (episodes, { signal }) => {
    // The queue would be held up anew by each batch.
    if (failure !== undefined) throw failure;
    const lines = episodes.flatMap((episode) => linesOf(episode, run, createdMs, steps));
    for (let attempt = 1; ; attempt++) {
      try {
        writer.writeRecords(lines);
        await writer.flush();
        return episodes.map(({ rows }) => rows.step.length);
      } catch (error) {
        if (attempt === ATTEMPTS || !isTemporary(error)) {
          failure = error;
          throw error;
        }
        await sleep(waitMs(error, attempt), undefined, { signal });
      }
    }
  };
}

/** The time of a point is no date but its number: points of one series with the same time would overwrite each other. */
function linesOf({ stage, agent, iteration, episode, rows }, run, createdMs, steps) {
  return rows.step.map((step, i) => {
    const fields = [
      `iteration=${iteration}i,episode=${episode}i,step=${step}i,action=${rows.action[i]}i`,
      `prediction=${rows.prediction[i]},reward=${rows.reward[i]},equity=${rows.equity[i]}`,
    ];
    const micros = BigInt(createdMs) * 1_000n + BigInt(episode) * BigInt(steps + 1) + BigInt(step);
    return `actions,run=${run},stage=${stage},agent=${agent} ${fields.join(',')} ${micros * 1_000n}`;
  });
}

function isTemporary({ statusCode }) {
  return statusCode === undefined || statusCode === 429 || statusCode >= 500;
}

function waitMs({ headers }, attempt) {
  const seconds = Number(headers?.['retry-after']);
  return seconds > 0 ? Math.min(seconds, 10) * 1_000 : 500 * 2 ** attempt;
}

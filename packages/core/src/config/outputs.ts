import { z } from 'zod';

/** `${NAME}` anywhere in a text stands for a variable of the environment; the config keeps the reference. */
const reference = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/;
const onlyReference = new RegExp(`^${reference.source}$`);

/** An http or https address, or a text with references that becomes one. */
const url = z
  .string()
  .refine((text) => reference.test(text) || /^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*)?$/.test(text), {
    error: 'must be an address such as http://localhost:8086, without user, password or query',
  })
  .describe('Address of the server; ${NAME} stands for a variable of the environment.');

/** Which points leave the run; what `record` does not keep is not there to be sent. */
const volume = {
  episodes: z
    .int()
    .min(0)
    .optional()
    .describe('Full streams of the first so many episodes; default and most: those of record.'),
  every: z
    .int()
    .min(1)
    .default(1)
    .describe('Of the recorded steps of equity and rewards, those whose number is a multiple, and the last.'),
};

const influx = z
  .strictObject({
    url,
    org: z.string().min(1).describe('Organization; may be ${NAME}.'),
    bucket: z.string().min(1).describe('Bucket; may be ${NAME}.'),
    token: z
      .string()
      .regex(onlyReference, { error: `must name a variable of the environment, as in "\${INFLUX_TOKEN}"` })
      .optional()
      .describe('A variable of the environment, never the token itself: "${INFLUX_TOKEN}".'),
    tokenFile: z.string().min(1).optional().describe('A file that holds the token, instead of token.'),
    ...volume,
    spoolMb: z.int().min(1).default(1_024).describe('Points that wait on disk, MiB; above it the run pauses.'),
    pauseSeconds: z
      .number()
      .min(0)
      .default(900)
      .describe('How long a run pauses for a full spool without a delivery before it ends, resumable.'),
    drainSeconds: z
      .number()
      .min(0)
      .default(60)
      .describe('At the end: how long to wait for a server that takes nothing.'),
  })
  .refine(({ token, tokenFile }) => (token === undefined) !== (tokenFile === undefined), {
    error: `must have either token, as in "\${INFLUX_TOKEN}", or tokenFile`,
  })
  .describe('Streams points to InfluxDB 2.');

const file = z
  .strictObject({
    format: z
      .enum(['line-protocol', 'ndjson'])
      .default('line-protocol')
      .describe('Line protocol of InfluxDB, or one JSON object a line.'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('A new file, relative to the config; default: points.lp or points.ndjson in the run directory.'),
    ...volume,
  })
  .describe('Writes the same points to a file.');

export const outputs = z.strictObject({ influx: influx.optional(), file: file.optional() }).prefault({});

export type InfluxConfig = z.output<typeof influx>;
export type PointFileConfig = z.output<typeof file>;
export type OutputsConfig = z.output<typeof outputs>;

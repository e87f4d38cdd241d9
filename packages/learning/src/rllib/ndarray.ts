import { RllinkError } from './errors.ts';

/** An array with its shape, row by row. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** An array of numbers that was received. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const KEYS = ['nd', 'type', 'kind', 'shape', 'data'].map((name) => Buffer.from(name));
const ORDER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? '<' : '>';
const MAX_DIMENSIONS = 8;

/** As msgpack-numpy 0.4.8 writes an ndarray: a map whose keys are bytes, not text. */
export function toWire({ shape, data }: NdArray): Map<Buffer, unknown> {
  const type = `${ORDER}${data instanceof Float32Array ? 'f4' : 'i8'}`;
  // A typed array would become an extension of msgpackr's own.
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const values = [true, type, Buffer.alloc(0), shape, bytes];
  return new Map(KEYS.map((key, i) => [key, values[i]]));
}

/** The array of float32 or float64 that msgpack-numpy wrote, as float32. Throws RllinkError `RLLINK_PROTOCOL`. */
export function fromWire(value: unknown, name: string): Parameter {
  const fields = new Map<string, unknown>();
  if (value instanceof Map) {
    for (const [key, field] of value) fields.set(Buffer.isBuffer(key) ? key.toString('latin1') : '', field);
  }
  const shape = fields.get('shape');
  const bytes = fields.get('data');
  const type = /^([<>=])f([48])$/.exec(String(fields.get('type')));
  if (fields.get('nd') !== true || !isShape(shape) || !Buffer.isBuffer(bytes) || type === null) {
    const got = fields.has('type') ? `type ${String(fields.get('type')).slice(0, 20)}` : 'no array';
    throw new RllinkError('RLLINK_PROTOCOL', `${name}: must be an array of float32 or float64, got ${got}`);
  }
  const width = Number(type[2]);
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== length * width) {
    const rule = `an array of shape [${shape.join(', ')}] has ${length * width} bytes`;
    throw new RllinkError('RLLINK_PROTOCOL', `${name}: ${rule}, got ${bytes.length}`);
  }
  const isLittle = type[1] !== '>';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    data[i] = width === 4 ? view.getFloat32(4 * i, isLittle) : view.getFloat64(8 * i, isLittle);
  }
  return { shape, data };
}

function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_DIMENSIONS &&
    value.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 31)
  );
}

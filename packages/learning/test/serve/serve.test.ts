import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseEnvironmentConfig, VectorEnvironment } from '@ergodic/core';
import { afterEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../../cli/bin/ergodic.js', import.meta.url));
const CONFIG = {
  seed: 'serve',
  steps: 5,
  interval: '1h',
  markets: { X: { process: 'gbm', price: 100, volatility: 0.7 } },
  rewards: [{ use: 'log-return' }],
};
const OPEN = { protocol: 1, config: CONFIG, count: 2, autoreset: 'same-step', threads: 1, history: false };

interface Reply {
  readonly kind: number;
  readonly a: number;
  readonly payload: Buffer;
}

/** A child that serves, and its socket. */
class Client {
  readonly child;
  private readonly socket: Duplex;
  private said = '';
  private bytes = Buffer.alloc(0);

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, [CLI, 'serve', ...words], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.socket = this.child.stdio[3] as Duplex;
    this.socket.on('data', (data: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, data]);
    });
    this.socket.on('error', () => {});
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.said += data;
      });
    }
  }

  send(kind: number, payload: Uint8Array | object = Buffer.alloc(0)): void {
    const body = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
    const header = Buffer.alloc(16);
    header.writeUInt32LE(kind, 0);
    header.writeUInt32LE(body.length, 4);
    this.socket.write(Buffer.concat([header, body]));
  }

  /** Bytes that are no frame. */
  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async reply(): Promise<Reply> {
    while (this.bytes.length < 16 || this.bytes.length < 16 + this.bytes.readUInt32LE(4))
      await once(this.socket, 'data');
    const length = this.bytes.readUInt32LE(4);
    const reply = {
      kind: this.bytes.readUInt32LE(0),
      a: this.bytes.readUInt32LE(8),
      payload: this.bytes.subarray(16, 16 + length),
    };
    this.bytes = this.bytes.subarray(16 + length);
    return reply;
  }

  async ask(kind: number, payload?: Uint8Array | object): Promise<Reply> {
    this.send(kind, payload);
    return this.reply();
  }

  async end(): Promise<{ code: number | null; said: string }> {
    this.socket.destroy();
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return { code: this.child.exitCode, said: this.said };
  }
}

const clients: Client[] = [];
afterEach(() => {
  for (const { child } of clients.splice(0)) child.kill();
});

function client(...words: string[]): Client {
  const made = new Client(...(words.length === 0 ? ['-', '--fd', '3'] : words));
  clients.push(made);
  return made;
}

function document({ payload }: Reply): Record<string, unknown> {
  return JSON.parse(payload.toString()) as Record<string, unknown>;
}

function bytesOf(array: Int32Array | Float32Array | Float64Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

describe('the environment server', () => {
  it('sends the arrays of a vector environment, bit by bit', async () => {
    const vector = new VectorEnvironment(parseEnvironmentConfig(CONFIG), { count: 2, autoreset: 'same-step' });
    const one = client();
    const ready = await one.ask(1, OPEN);
    expect(ready.kind).toBe(65);
    expect(document(ready)).toMatchObject({
      protocol: 1,
      actionSpace: { type: 'discrete', n: 3 },
      observationLabels: vector.observationLabels,
      rewardNames: ['log-return'],
      fields: vector.fields,
      symbols: ['X'],
    });
    const names = (document(ready).blocks as { name: string }[]).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['observations', 'rewards']);
    vector.reset({ seed: 7 });
    let reply = await one.ask(2, { seed: '7' });
    for (let step = 0; ; step++) {
      expect(reply.kind).toBe(66);
      const size = vector.observations.byteLength;
      expect(reply.payload.subarray(0, size).equals(bytesOf(vector.observations))).toBe(true);
      expect(reply.payload.subarray(size, size + 16).equals(bytesOf(vector.rewards))).toBe(true);
      expect(reply.a).toBe(vector.ended[0]! + vector.ended[1]!);
      if (step === 12) break;
      const actions = Int32Array.of(step % 3, (step + 1) % 3);
      vector.step(actions);
      reply = await one.ask(3, bytesOf(actions));
    }
    expect(await one.end()).toEqual({ code: 0, said: '' });
  });

  it('answers what is wrong with an error, and goes on', async () => {
    const one = client();
    await one.ask(1, OPEN);
    const told = async (kind: number, payload?: Uint8Array | object) => document(await one.ask(kind, payload));
    expect(await told(3, bytesOf(Int32Array.of(1, 1)))).toMatchObject({ code: 'NOT_RESET' });
    expect((await one.ask(2, { seed: 'x' })).kind).toBe(66);
    expect(await told(3, bytesOf(Int32Array.of(1, 3)))).toMatchObject({
      code: 'ACTION_INVALID',
      message: 'environment 1: the action must be in Discrete(3), got 3',
    });
    expect(await told(3, bytesOf(Int32Array.of(1)))).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await told(2, { seed: '' })).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await told(99)).toEqual({ code: 'REQUEST_INVALID', message: 'there is no request 99' });
    expect((await one.ask(3, bytesOf(Int32Array.of(1, 2)))).kind).toBe(66);
    const token = Buffer.from('0123456789abcdef');
    expect(await one.ask(4, token)).toMatchObject({ kind: 68, payload: token });
    expect((await one.end()).code).toBe(0);
  });

  it.each([
    ['another protocol', { ...OPEN, protocol: 2 }, /version 2 of the protocol, this server 1/],
    ['no environments', { ...OPEN, count: 0 }, /whole number of 1 or more, got 0/],
    ['a wrong config', { ...OPEN, config: { ...CONFIG, steps: 0 } }, /^config: steps: /],
    ['no config', { ...OPEN, config: undefined }, /the first request brings no config/],
  ])('refuses %s', async (_, request, message) => {
    const one = client();
    const reply = await one.ask(1, request);
    expect(reply.kind).toBe(67);
    expect(document(reply).message).toMatch(message);
    expect((await one.end()).code).toBe(0);
  });

  it('ends where the other side is silent from the start, and where it sends no frames', async () => {
    const silent = client();
    expect((await silent.end()).code).toBe(0);
    const wrong = client();
    wrong.write(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    await once(wrong.child, 'exit');
    expect(await wrong.end()).toMatchObject({ code: 1, said: expect.stringMatching(/a frame must have at most/) });
  });

  it.each([
    ['900', /--fd 900: must be a connected socket .*it is not open/],
    ['2', /It must be a whole number from 3/],
  ])('needs a socket, not descriptor %s', async (fd, message) => {
    const one = client('-', '--fd', fd);
    await once(one.child, 'exit');
    const { code, said } = await one.end();
    expect(code).toBe(2);
    expect(said).toMatch(message);
  });
});

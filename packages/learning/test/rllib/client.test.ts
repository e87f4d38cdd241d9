import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RllinkClient } from '../../src/rllib/client.ts';
import { FakeServer } from './fake-server.ts';
import { frame } from './golden.ts';
import { weightsOf } from './weights.ts';

const SIZES = { observations: 5, actions: 3 };
const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Something that listens and does with a connection what it is told. */
async function listener(onConnection: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return { host: '127.0.0.1', port: (server.address() as { port: number }).port };
}

async function fake(options: Partial<Parameters<typeof FakeServer.start>[0]> = {}): Promise<FakeServer> {
  const server = await FakeServer.start({ trainBatchSize: 10, weights: () => weightsOf(1, SIZES), ...options });
  servers.push({ close: () => server.kill() });
  return server;
}

const place = (server: FakeServer) => ({ host: '127.0.0.1', port: server.port });
const failure = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('RllinkClient', () => {
  it('greets, and gets weights, also byte by byte', async () => {
    for (const pieceBytes of [1, 7, 1 << 20]) {
      const server = await fake({ pieceBytes, update: 4 });
      const client = await RllinkClient.connect(place(server));
      const state = await client.getState();
      expect(state.weightsSeqNo).toBe(4);
      expect(state.parameters()).toEqual(weightsOf(1, SIZES));
      client.close();
    }
  });

  it('understands the recorded answers of a real server', async () => {
    const address = await listener((socket) => {
      socket.once('data', () => {
        socket.write(frame('pong'));
        socket.once('data', () => socket.write(frame('lstm')));
      });
    });
    const client = await RllinkClient.connect(address);
    const state = await client.getState();
    expect(state.weightsSeqNo).toBe(3);
    expect(state.parameters().get('encoder.encoder.lstm.weight_hh_l0')?.shape).toEqual([24, 6]);
    client.close();
  });

  it('says that nothing listens', async () => {
    const server = await fake();
    const address = place(server);
    await server.kill();
    servers.pop();
    await expect(RllinkClient.connect(address)).rejects.toEqual(failure('RLLINK_LOST', 'nothing listens there'));
  });

  it.each([
    ['answers in another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'got "HTTP/1.1 400 Bad"'],
    ['greets first', 'SSH-2.0-OpenSSH_9.6\r\n', 'got "SSH-2.0-OpenSSH_'],
    ['announces too much', '99999999', undefined],
  ])('says that what %s is no RLlink server', async (_, text, got) => {
    const address = await listener((socket) => socket.write(text));
    const connected = RllinkClient.connect(address, { firstTimeoutMs: 100 });
    await expect(connected).rejects.toEqual(failure('RLLINK_PROTOCOL', got ?? 'did not answer PING within 0.1 s'));
  });

  it('says that a server that does not answer may have another client', async () => {
    const address = await listener(() => {});
    const connected = RllinkClient.connect(address, { firstTimeoutMs: 50 });
    await expect(connected).rejects.toEqual(failure('RLLINK_PROTOCOL', 'or another client is connected to it'));
  });

  it('says what a server answered instead', async () => {
    const server = await fake({
      intercept: (type, socket, { answer }) => {
        if (type !== 'PING') return false;
        answer.call(server, socket, { type: 'SET_CONFIG', config: Buffer.alloc(3) });
        return true;
      },
    });
    const connected = RllinkClient.connect(place(server));
    await expect(connected).rejects.toEqual(failure('RLLINK_PROTOCOL', 'to PING it must answer PONG, got SET_CONFIG'));
  });

  it('is no longer of use after an answer that it did not ask for', async () => {
    const server = await fake({
      intercept: (type, socket) => {
        if (type === 'PING') socket.write(frame('pong'));
        return false;
      },
    });
    const client = await RllinkClient.connect(place(server));
    await expect(client.getState()).rejects.toEqual(failure('RLLINK_PROTOCOL', 'PONG'));
    await expect(client.getState()).rejects.toEqual(failure('RLLINK_PROTOCOL', 'PONG'));
    expect(() => client.check()).toThrow('PONG');
  });

  it('rejects what waits when the connection ends in the middle of an answer', async () => {
    const server = await fake({
      intercept: (type, socket, self) => {
        if (type === 'GET_STATE') socket.write(self.stateFrame().subarray(0, 100), () => socket.destroy());
        return type === 'GET_STATE';
      },
    });
    const client = await RllinkClient.connect(place(server));
    await expect(client.getState()).rejects.toEqual(failure('RLLINK_LOST', 'the server closed the connection'));
  });

  it('rejects what waits when there is no answer in time', async () => {
    const server = await fake({ intercept: (type) => type === 'GET_STATE' });
    const client = await RllinkClient.connect(place(server), { timeoutMs: 50 });
    await expect(client.getState()).rejects.toEqual(failure('RLLINK_LOST', 'no answer to GET_STATE within 0.05 s'));
  });

  it('rejects what waits when it is interrupted or closed, and tells that it has failed', async () => {
    const server = await fake({ intercept: (type) => type === 'GET_STATE' });
    const controller = new AbortController();
    const client = await RllinkClient.connect(place(server), { signal: controller.signal });
    const failed = new Promise((resolve) => client.onFailure(resolve));
    const state = client.getState();
    controller.abort();
    await expect(state).rejects.toEqual(failure('RLLINK_LOST', 'interrupted'));
    await expect(failed).resolves.toEqual(failure('RLLINK_LOST', 'interrupted'));
    const again = new Promise((resolve) => client.onFailure(resolve));
    await expect(again).resolves.toEqual(failure('RLLINK_LOST', 'interrupted'));
    const aborted = RllinkClient.connect(place(server), { signal: controller.signal });
    await expect(aborted).rejects.toEqual(failure('RLLINK_LOST', 'interrupted'));
  });

  it('rejects episodes that can no longer be sent', async () => {
    const server = await fake();
    const client = await RllinkClient.connect(place(server));
    const failed = new Promise((resolve) => client.onFailure(resolve));
    await server.kill();
    await failed;
    await expect(client.sendEpisodes(frame('episodes'))).rejects.toEqual(failure('RLLINK_LOST', ''));
    servers.pop();
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// node accept.js: an HTTP server that takes every write at once; prints its address and serves until it is ended.

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(204).end());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

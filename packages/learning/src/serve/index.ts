export { FrameError, FrameSocket } from './frames.ts';
export { type OpenRequest, PROTOCOL_VERSION } from './protocol.ts';
export { type Opened, type ServeOptions, serve } from './server.ts';

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FAULTS = new URL('./handlers/faults.mjs', import.meta.url).href;

/** Runs a module in a process of its own until that ends by itself. */
function run(body: string, ...options: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = `
    import { PipelineNode, pipeline } from '@ergodic/pipeline';
    const FAULTS = ${JSON.stringify(FAULTS)};
    ${body}`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...options, '--input-type=module', '--eval', text], { cwd: ROOT });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('a process with nodes', () => {
  it('ends by itself when they are closed', async () => {
    const { code, stdout, stderr } = await run(`
      const thread = new PipelineNode({ thread: { module: FAULTS }, intervalMs: 60_000 });
      const own = new PipelineNode({ handler: (x) => x, intervalMs: 60_000 });
      const line = pipeline([own, thread]);
      const push = line.push({ do: 'exit' }).catch((error) => error.code);
      await line.close();
      const code = await push;
      await new Promise((resolve) => setTimeout(resolve));
      console.log(code, process.getActiveResourcesInfo().filter((kind) => !/^(Pipe|TTY|FS)/.test(kind)).join());`);
    expect(stderr).toBe('');
    expect(stdout).toBe('NODE_DIED \n');
    expect(code).toBe(0);
  });

  it('ends by itself when an idle one was forgotten, but not before its events are through', async () => {
    const { code, stdout, stderr } = await run(`
      const node = new PipelineNode({ thread: { module: FAULTS } });
      void node.push({ value: 'through' }).then((value) => console.log(value));`);
    expect([code, stdout, stderr]).toEqual([0, 'through\n', '']);
  });

  it('may have been given options of its own', async () => {
    const body = `
      const node = new PipelineNode({ thread: { module: FAULTS } });
      console.log(await node.push({ value: 1 }));
      await node.close();`;
    const { code, stdout, stderr } = await run(body, '--max-old-space-size=200', '--no-warnings');
    expect([code, stdout, stderr]).toEqual([0, '1\n', '']);
  });

  it('sees no rejection but those of its own pushes', async () => {
    const { code, stdout, stderr } = await run(`
      process.on('unhandledRejection', (error) => console.log('unhandled', error.code));
      const bad = (data) => new PipelineNode({ thread: { module: FAULTS, data }, capacity: 1, onFull: 'wait' });
      for (const line of [pipeline([bad({}), bad({ createFails: true })]), pipeline([bad({ createFails: true }), bad({})])]) {
        const pushes = Array.from({ length: 5 }, (_, i) => line.push({ value: { do: i === 2 ? 'exit' : 'value' } }));
        const codes = await Promise.allSettled(pushes).then((all) => all.map(({ reason }) => reason.code));
        console.log(codes.join());
        await line.close();
      }
      const ignored = new PipelineNode({ name: 'ignored', handler: () => { throw new Error('x'); } });
      void ignored.push(1);
      await ignored.drain();`);
    expect(stderr).toBe('');
    const all = new Array(5).fill('HANDLER_INVALID').join();
    expect(stdout).toBe(`${all}\n${all}\nunhandled HANDLER_ERROR\n`);
    expect(code).toBe(0);
  });

  it('has bounded memory when a stage is slow', async () => {
    const { code, stdout, stderr } = await run(`
      const quick = new PipelineNode({ handler: (x) => x, capacity: 8 });
      const slow = new PipelineNode({ capacity: 8, handler: (x) => new Promise((resolve) => setImmediate(resolve, x.length)) });
      const line = pipeline([quick, slow]);
      // 10,000 events of 100 kB: 1 GB if they were kept.
      let most = 0;
      for (let i = 0; i < 10_000; i++) {
        await line.ready();
        line.push('x'.repeat(50_000) + new Array(5_000).fill(i).join('')).catch(() => undefined);
        if (i % 100 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
      }
      await line.close();
      const [first, last] = line.metrics();
      console.log(last.processed + first.rejected, first.queuedMax <= 8 && last.queuedMax <= 8, most < 150e6);`);
    expect(stderr).toBe('');
    expect(stdout).toBe('10000 true true\n');
    expect(code).toBe(0);
  });
});

import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Delivery } from '../../src/outputs/delivery.ts';
import { FileSink } from '../../src/outputs/file-sink.ts';
import { type Sink, SinkFailure } from '../../src/outputs/sink.ts';
import { REFUSED } from '../../src/outputs/spool.ts';
import { folderWith } from '../support.ts';
import { generator, SpoolModel } from './spool-model.ts';

const SEEDS = Array.from({ length: 8 }, (_, i) => i + 1);
const never = new Promise<never>(() => {});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const linesOf = (body: Buffer): string[] => body.toString('utf8').split('\n').slice(0, -1);

/** A server that fails as it pleases. Lines with `bad` in them are never taken. */
class WildSink implements Sink {
  readonly lanes = 2;
  readonly stored = new Set<string>();
  underWay = 0;
  mostUnderWay = 0;
  isDead = false;
  writesLeft = Number.POSITIVE_INFINITY;
  readonly random: () => number;
  trouble = 0.4;
  most = Number.POSITIVE_INFINITY;

  constructor(random: () => number) {
    this.random = random;
  }

  async write(body: Buffer): Promise<void> {
    if (this.isDead || this.writesLeft-- <= 0) return this.die();
    this.underWay++;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      // Answers overtake each other.
      await new Promise((resolve) => setTimeout(resolve, Math.floor(100 * this.random())));
      if (this.isDead) return await never;
      this.answer(linesOf(body), body.length);
    } finally {
      this.underWay--;
    }
  }

  close(): void {
    this.isDead = true;
  }

  private die(): Promise<never> {
    this.isDead = true;
    return never;
  }

  private answer(lines: readonly string[], bytes: number): void {
    const { random, stored } = this;
    const bad = lines.filter((line) => line.includes('bad'));
    const good = lines.filter((line) => !line.includes('bad'));
    if (random() < this.trouble) {
      const kind = Math.floor(5 * random());
      // The answer is lost, but not the points.
      if (kind === 0 && bad.length === 0) for (const line of good) stored.add(line);
      if (kind === 1) throw new SinkFailure('retry', '429 later', { status: 429, afterMs: 3_000 });
      if (kind === 2) throw new SinkFailure('blocked', '401 no', { status: 401 });
      if (kind === 3) throw new Error('the connection broke');
      throw new SinkFailure('retry', '503 busy', { status: kind === 4 ? 503 : 0 });
    }
    if (bytes > this.most && lines.length > 1) throw new SinkFailure('too-large', '413 too large', { status: 413 });
    if (bad.length === 0) for (const line of good) stored.add(line);
    else if (lines.some((line) => line.startsWith('conflict'))) {
      for (const line of good) stored.add(line);
      throw new SinkFailure('refused', '422 conflict', { status: 422, dropped: bad.length });
    } else throw new SinkFailure('refused', '400 cannot be parsed', { status: 400 });
  }
}

/** Segments of few and of many chunks; about one line in a hundred is bad. */
function linesFor(segment: number, random: () => number): string[] {
  const width = random() < 0.5 ? 9_000 : 200;
  return Array.from({ length: 3 + Math.floor(200 * random()) }, (_, i) => {
    const name = random() < 0.2 ? 'conflict' : 'equity';
    const fault = random() < 0.01 ? ',fault="bad"' : '';
    return `${name} v=${i},pad="${'x'.repeat(Math.floor(width * random()))}"${fault} ${segment}${String(i).padStart(4, '0')}`;
  });
}

/** Lets a delivery work until nothing waits, or its sink has died. */
async function settle(delivery: Delivery, isDead: () => boolean): Promise<void> {
  for (let i = 0; delivery.state.status !== 'idle' && !isDead(); i++) {
    if (i === 3_000) throw new Error(`nothing goes on: ${JSON.stringify(delivery.state)}`);
    await vi.advanceTimersByTimeAsync(500);
  }
}

describe('a delivery over a wild server', () => {
  test.each(SEEDS)(
    'brings every point at least once, and its account adds up, through crashes and torn journals (seed %i)',
    async (seed) => {
      const random = generator(seed);
      const model = new SpoolModel(folderWith());
      const sent: string[] = [];
      const stored = new Set<string>();
      for (let life = 0; ; life++) {
        const isLast = life === 6;
        const content = model.open();
        expect(content.produced).toBe(sent.length);
        const waiting = content.waiting.reduce((sum, { lines, isTelemetry }) => sum + (isTelemetry ? 0 : lines), 0);
        expect(content.acknowledged + content.refused + waiting).toBe(content.produced);
        const sink = new WildSink(random);
        sink.most = random() < 0.5 ? 60_000 : Number.POSITIVE_INFINITY;
        sink.trouble = isLast ? 0.1 : 0.4;
        if (!isLast) sink.writesLeft = Math.floor(60 * random());
        const delivery = new Delivery('influx', model.dir, sink);
        delivery.add(content.waiting);
        for (let i = 0; i < 3 && !isLast; i++) {
          const lines = linesFor(10 * life + i, random);
          sent.push(...lines);
          const { name, bytes } = model.commit(lines);
          const fresh = { offset: 0, acknowledged: 0, refused: 0, isTelemetry: false };
          delivery.add([{ name, bytes, lines: lines.length, ...fresh }]);
        }
        if (!isLast && random() < 0.5) model.telemetry([`workers v=${life} 1`, `workers v="bad" 2`]);
        await settle(delivery, () => sink.isDead);
        expect(sink.mostUnderWay).toBeLessThanOrEqual(2);
        for (const line of sink.stored) stored.add(line);
        if (isLast) {
          await delivery.stop();
          break;
        }
        sink.close();
        if (random() < 0.5) model.tear(Math.floor(300 * random()));
      }
      const bad = sent.filter((line) => line.includes('bad'));
      expect(model.read()).toMatchObject({
        produced: sent.length,
        acknowledged: sent.length - bad.length,
        refused: bad.length,
        waiting: [],
        damaged: [],
      });
      expect(sent.filter((line) => !line.includes('bad') && !stored.has(line))).toEqual([]);
      const refused = model.refused().filter(({ isTelemetry }) => isTelemetry !== true);
      expect([...new Set(refused.map(({ line }) => line))].sort()).toEqual([...bad].sort());
      for (const { status, reason } of refused) expect(reason).toMatch(new RegExp(`^${status} `));
    },
  );
});

describe('a delivery to a file', () => {
  /** Ends after so many writes: before one, within it, or behind it but before anybody hears of it. */
  class MortalFile extends FileSink {
    private readonly path: string;
    private readonly random: () => number;
    writesLeft: number;
    isDead = false;

    constructor(path: string, written: number | undefined, writesLeft: number, random: () => number) {
      super(path, written);
      this.path = path;
      this.writesLeft = writesLeft;
      this.random = random;
    }

    override async write(body: Buffer): Promise<void> {
      if (this.isDead) return never;
      if (this.writesLeft-- > 0) return super.write(body);
      this.isDead = true;
      const place = Math.floor(3 * this.random());
      if (place === 1) appendFileSync(this.path, body.subarray(0, Math.floor(body.length * this.random())));
      if (place === 2) await super.write(body);
      return never;
    }
  }

  test.each(SEEDS)('leaves each line there once, whole, through crashes and torn journals (seed %i)', async (seed) => {
    const random = generator(seed);
    const model = new SpoolModel(folderWith(), 'file');
    const path = join(model.runDir, 'points.lp');
    const sent: string[] = [];
    for (let life = 0; life < 8; life++) {
      const isLast = life === 7;
      const { waiting, written } = model.open();
      const sink = new MortalFile(path, written, isLast ? 1e9 : Math.floor(8 * random()), random);
      const delivery = new Delivery('file', model.dir, sink);
      delivery.add(waiting);
      for (let i = 0; i < 3 && !isLast; i++) {
        const lines = linesFor(10 * life + i, random);
        sent.push(...lines);
        const { name, bytes } = model.commit(lines);
        const fresh = { offset: 0, acknowledged: 0, refused: 0 };
        delivery.add([{ name, bytes, lines: lines.length, isTelemetry: false, ...fresh }]);
        await vi.advanceTimersByTimeAsync(0);
        const telemetry = { name: `telemetry-${life}${i}-1.lp`, bytes: 12, lines: 1, isTelemetry: true, ...fresh };
        writeFileSync(join(model.dir, telemetry.name), 'workers v=1\n');
        delivery.add([telemetry]);
      }
      await settle(delivery, () => sink.isDead);
      if (isLast) await delivery.stop();
      else if (random() < 0.6) model.tear(Math.floor(400 * random()));
    }
    const found = linesOf(readFileSync(path)).filter((line) => line !== 'workers v=1');
    expect(found.length).toBe(sent.length);
    expect(found.sort()).toEqual(sent.sort());
    expect(model.read()).toMatchObject({ acknowledged: sent.length, refused: 0, waiting: [], damaged: [] });
  });
});

describe('a delivery to a file, of a long segment', () => {
  test('loses none of it where telemetry came in between and the next process goes on', async () => {
    const model = new SpoolModel(folderWith(), 'file');
    const path = join(model.runDir, 'points.lp');
    const lines = Array.from({ length: 4_000 }, (_, i) => `a pad="${'x'.repeat(1_000)}" ${i}`);
    model.commit(lines);
    const sink = new FileSink(path, undefined);
    const delivery = new Delivery('file', model.dir, sink);
    const write = sink.write.bind(sink);
    let writes = 0;
    sink.write = async (body) => {
      writes++;
      if (writes === 5) return never;
      if (writes === 1) {
        model.telemetry(['workers v=1']);
        delivery.add(model.read().waiting.filter(({ isTelemetry }) => isTelemetry));
      }
      await write(body);
    };
    delivery.add(model.open().waiting);
    await settle(delivery, () => writes === 5);
    const { waiting, written } = model.open();
    const next = new Delivery('file', model.dir, new FileSink(path, written));
    next.add(waiting);
    await settle(next, () => false);
    await next.stop();
    expect(linesOf(readFileSync(path)).filter((line) => line !== 'workers v=1')).toEqual(lines);
  });
});

describe('a delivery whose files somebody else touches', () => {
  const three = (model: SpoolModel) => [0, 1, 2].map((k) => model.commit([`a v=1 ${k}0`, `a v=2 ${k}1`]).name);

  test('goes on with all others where one is gone or too short', async () => {
    for (const damage of ['gone', 'short'] as const) {
      const model = new SpoolModel(folderWith());
      const names = three(model);
      const sink = new WildSink(() => 0.5);
      sink.trouble = 0;
      const { waiting } = model.open();
      const path = join(model.dir, names[1]!);
      if (damage === 'gone') rmSync(path);
      else truncateSync(path, 3);
      const delivery = new Delivery('influx', model.dir, sink);
      delivery.add(waiting);
      await settle(delivery, () => false).catch(() => {});
      expect([...sink.stored].sort()).toEqual(['a v=1 00', 'a v=1 20', 'a v=2 01', 'a v=2 21']);
      expect(delivery.state).toMatchObject({ acknowledged: 4, waitingLines: 0, waitingBytes: 0 });
      await delivery.stop();
      expect(model.read().damaged.map(({ name }) => name)).toEqual([names[1]]);
    }
  });

  test('starts refused lines on a line of their own behind a torn one', async () => {
    const model = new SpoolModel(folderWith());
    writeFileSync(join(model.dir, REFUSED), '{"line":"torn');
    model.commit(['a v="bad" 1', 'a v=1 2']);
    const sink = new WildSink(() => 0.5);
    sink.trouble = 0;
    const delivery = new Delivery('influx', model.dir, sink);
    delivery.add(model.open().waiting);
    await settle(delivery, () => false);
    await delivery.stop();
    const [torn, whole] = readFileSync(join(model.dir, REFUSED), 'utf8').split('\n');
    expect(torn).toBe('{"line":"torn');
    expect(JSON.parse(whole!)).toMatchObject({ line: 'a v="bad" 1', status: 400 });
  });
});

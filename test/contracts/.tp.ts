import { mkdtempSync, rmSync } from 'node:fs';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { createMemoryLog } from '#lib/log/memory/log';
import { activityMessage } from '#test/contracts/messages';

const dir = mkdtempSync('/tmp/exp/tp-');
const partitions = { 'lead.activity': 4, 'lead.scores': 4 };
const N = 200_000,
  B = 1000;
const recs = (topic: string, p: number, from: number) =>
  Array.from({ length: B }, (_, i) => ({
    topic,
    partition: p,
    key: 'lead-' + String((from + i) % 1000).padStart(27, '0'),
    value: activityMessage(from + i),
  }));
const batches = Array.from({ length: 50 }, (_, i) => recs('lead.activity', i % 4, i * B));
const time = async (name: string, n: number, f: () => Promise<void>) => {
  const c = process.cpuUsage(),
    e = performance.eventLoopUtilization();
  const t = performance.now();
  await f();
  const d = performance.now() - t;
  const u = process.cpuUsage(c);
  const el = performance.eventLoopUtilization(e);
  console.log(
    name.padEnd(40),
    Math.round((n / d) * 1000) + '/s wall',
    'cpu us/rec',
    ((u.user + u.system) / n).toFixed(2),
    'loop active us/rec',
    ((el.active * 1000) / n).toFixed(2),
  );
};
let log = await openEmbeddedLog({ dir, partitions });
for (const round of [1, 2]) {
  await time('publish 1000s, one at a time', N, async () => {
    for (let i = 0; i < N / B; i++) await log.publish(batches[i % 50]!);
  });
  await time('publish 1000s, 4 at a time', N, async () => {
    for (let i = 0; i < N / B; i += 4) await Promise.all([0, 1, 2, 3].map((k) => log.publish(batches[(i + k) % 50]!)));
  });
  await time('publish 1 record, 64 at a time', 20_000, async () => {
    for (let i = 0; i < 20_000; i += 64)
      await Promise.all(Array.from({ length: 64 }, (_, k) => log.publish([batches[0]![k]!])));
  });
  const task = await log.open('t' + round);
  const outs = batches.map((b) => b.map((r) => ({ ...r, topic: 'lead.scores' })));
  await time('commit 1000s, one task', N, async () => {
    for (let i = 0; i < N / B; i++)
      await task.commit(outs[i % 50]!, [{ topic: 'lead.activity', partition: 0, position: { offset: i, cursor: 0 } }]);
  });
  const tasks = await Promise.all([0, 1, 2, 3].map((k) => log.open('m' + round + k)));
  await time('commit 1000s, 4 tasks', N, async () => {
    await Promise.all(
      tasks.map(async (t, k) => {
        for (let i = 0; i < N / B / 4; i++)
          await t.commit(outs[(i * 4 + k) % 50]!, [
            { topic: 'lead.activity', partition: k, position: { offset: i, cursor: 0 } },
          ]);
      }),
    );
  });
}
const s = new AbortController().signal;
await log.close();
await time('open', 1, async () => {
  log = await openEmbeddedLog({ dir, partitions });
});
for (const p of [0, 1]) {
  const end = await log.end({ topic: 'lead.activity', partition: p });
  await time('read from disk', end, async () => {
    const r = log.reader({ topic: 'lead.activity', partition: p }, 0);
    let n = 0;
    while (n < end) n += (await r.next(1000, s)).length;
  });
}
// follow
{
  const from = await log.end({ topic: 'lead.activity', partition: 3 });
  const r = log.reader({ topic: 'lead.activity', partition: 3 }, from);
  const b = recs('lead.activity', 3, 0);
  await time('publish + follow from memory', 100_000, async () => {
    await Promise.all([
      (async () => {
        for (let i = 0; i < 100; i++) await log.publish(b);
      })(),
      (async () => {
        let n = 0;
        while (n < 100_000) n += (await r.next(1000, s)).length;
      })(),
    ]);
  });
}
const m = process.memoryUsage();
console.log('rss', (m.rss / 1e6).toFixed(0), 'heap', (m.heapUsed / 1e6).toFixed(0));
await log.close();
const { statSync } = await import('node:fs');
console.log('disk bytes per record', (statSync(dir + '/data.mdb').size / (2 * (4 * N + 20000) + 100000)).toFixed(0));
rmSync(dir, { recursive: true });

import { taskOf } from '#test/bench/measure/child';
import { openEverything } from '#test/bench/measure/everything';
import type { Asked, Said } from '#test/bench/storms/said';
import { watch } from '#test/bench/storms/watch';

/** A process of its own: everything in one, as `leadstream start` has it, and a look at what comes out. */
const say = (said: Said) => process.send?.(said);
const { signal } = new AbortController();
const everything = await openEverything(taskOf<string>(), (text) => say({ kind: 'fault', text }));
const { engine, url } = everything;
const watching = watch(engine, say);
process.on('message', async (asked: Asked) => {
  switch (asked.kind) {
    case 'idle':
      await engine.supervisor.idle(signal);
      say({ kind: 'idle' });
      break;
    case 'moved':
      watching.awaitMoved(asked.activities);
      break;
    case 'end':
      await engine.supervisor.idle(signal);
      say({ kind: 'ended', moved: watching.moved() });
      await watching.stop();
      await everything.close();
      process.disconnect();
  }
});
say({ kind: 'listening', url });

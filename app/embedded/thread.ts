import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { pipelineOf } from '#app/embedded/pipeline';
import { runnerOf } from '#app/embedded/runner';
import { allOf, tasksOf } from '#app/embedded/tasks';
import type { ThreadData } from '#app/embedded/thread-data';
import { OWN_LOG } from '#app/folder/log-place';
import { openIdentityHash } from '#app/identity-key/identity-key';
import { remoteInserts } from '#lib/clickhouse/remote';
import { openReplica } from '#lib/log/embedded/replica';
import { createCompiler } from '#lib/model/compile';
import { hostTasks } from '#lib/threads/host-tasks';
import { reporting } from '#lib/threads/tasks-wire';

// What a thread of an embedded installation runs (threads.ts starts it): some of a data folder's tasks, as they would run in
// the thread that owns it.

const { dir, partitions, cache, ticks, ports } = workerData as ThreadData;

const log = await openReplica({ dir: join(dir, OWN_LOG), port: ports.log, partitions });
const options = runnerOf({
  dir,
  log,
  clickhouse: remoteInserts(ports.clickhouse),
  cache,
  ticks,
  observer: reporting((report) => ports.tasks.postMessage(report)),
});
const pipeline = pipelineOf(log, { identity: openIdentityHash(), compile: createCompiler() });
hostTasks(ports.tasks, allOf(tasksOf(options, pipeline, ticks)));
ports.tasks.on('close', () => void log.close());

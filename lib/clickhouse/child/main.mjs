// A ClickHouse server as a process of its own: node main.mjs LIBRARY CONFIG-FILE. Ends with whoever holds its standard input,
// however that one ends.
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DataType, load, open } from 'ffi-rs';

const [, , library = '', configFile = ''] = process.argv;

// Threads that start from here on take the priority over: acknowledgements come before analysts.
setPriority(10);
// Short of memory, the system ends this process, which is started again, and not the one that acknowledges events.
if (process.platform === 'linux') {
  try {
    writeFileSync('/proc/self/oom_score_adj', '800');
  } catch {
    // not allowed in some containers: nothing else depends on it
  }
}

// The call below does not return: whoever started this process is watched from another thread.
new Worker(
  `require('node:fs').createReadStream(null, { fd: 0 })
     .on('error', () => {})
     .on('close', () => process.kill(process.pid, 'SIGKILL'))
     .resume();`,
  { eval: true },
);

// HTTP only: in this library (26.7.3) a log-in that was refused in ClickHouse's own protocol ends the server at the next connection.
const listening = 'SYSTEM START LISTEN HTTP';
const forEver =
  'SELECT sleepEachRow(3) FROM system.numbers FORMAT Null SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0, max_execution_time = 0';
const args = ['clickhouse', '--config-file', configFile, '-n', '--query', `${listening}; ${forEver}`];

open({ library: 'clickhouse', path: library });
load({
  library: 'clickhouse',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
});
// It could not listen, or not open the folder, and has said why on standard error.
process.exit(1);

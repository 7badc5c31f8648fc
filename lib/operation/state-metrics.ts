import { Gauge, type Registry } from 'prom-client';
import { TASK_STATES, type TaskStates } from '#lib/operation/task-states';

/** Shows, at each scrape, how the tasks are that are here, and how far they are in restoring their stores. */
export function stateMetrics(registry: Registry, states: TaskStates): void {
  const registers = [registry];
  const labelNames = ['service', 'partition'] as const;
  new Gauge({
    name: 'leadstream_task_state',
    help: '1 for the state that the task is in, 0 for the others',
    labelNames: ['service', 'partition', 'state'] as const,
    registers,
    collect() {
      this.reset();
      for (const { service, partition, state } of states.list()) {
        for (const one of TASK_STATES) this.set({ service, partition, state: one }, one === state ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'leadstream_held_since_seconds',
    help: 'Since when the task decides nothing, as the partition shows nothing more, in seconds since 1970; absent: it goes on',
    labelNames: ['service', 'topic', 'partition'] as const,
    registers,
    collect() {
      this.reset();
      for (const { service, held = [] } of states.list()) {
        for (const { topic, partition, since } of held) this.set({ service, topic, partition }, since / 1000);
      }
    },
  });
  new Gauge({
    name: 'leadstream_restore_records_done',
    help: 'Offsets folded again since the restoration began',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { service, partition, restored } of states.list()) {
        this.set({ service, partition }, restored?.done ?? 0);
      }
    },
  });
  new Gauge({
    name: 'leadstream_restore_records_total',
    help: 'Offsets to fold again when the restoration began',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { service, partition, restored } of states.list()) {
        this.set({ service, partition }, restored?.total ?? 0);
      }
    },
  });
}

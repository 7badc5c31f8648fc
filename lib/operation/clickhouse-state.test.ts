import { expect, test } from 'vitest';
import { observesClickHouse } from '#lib/operation/clickhouse-state';
import { createReadiness } from '#lib/operation/readiness';

test('a process is not ready while its ClickHouse is down, and says each change in one line', () => {
  const readiness = createReadiness();
  const said: string[] = [];
  const observer = observesClickHouse(readiness, (line) => said.push(line));
  expect(readiness.report().ready).toBe(true);

  observer.down('it was ended by SIGKILL');
  observer.down('the disk is full');
  observer.down('the disk is full');
  expect(readiness.report()).toMatchObject({ ready: false, waitingFor: ['ClickHouse, which is started again'] });

  observer.up();
  expect(readiness.report().ready).toBe(true);
  observer.down('the disk is full');
  observer.up();
  expect(said).toEqual([
    'ClickHouse is down and is started again: it was ended by SIGKILL; events are taken meanwhile, tables wait',
    'ClickHouse is down and is started again: the disk is full; events are taken meanwhile, tables wait',
    'ClickHouse answers again',
    'ClickHouse is down and is started again: the disk is full; events are taken meanwhile, tables wait',
    'ClickHouse answers again',
  ]);
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

export interface ChildOptions {
  /** Of Node. */
  readonly flags?: readonly string[];
  /** Told the process as soon as it runs. */
  readonly started?: (pid: number) => void;
}

/** Starts a script beside the module that asks, in a process of its own, and gives it a task. */
export function startChild(script: string, from: string, task: unknown, flags: readonly string[] = []) {
  const path = fileURLToPath(new URL(script, from));
  return fork(path, [JSON.stringify(task)], { execArgv: ['--import', TYPESCRIPT, ...flags] });
}

/** Runs a script to its end, which answers once. Rejects when it ends without. */
export async function askChild<Answer>(
  script: string,
  from: string,
  task: unknown,
  { flags = [], started }: ChildOptions = {},
): Promise<Answer> {
  const child = startChild(script, from, task, flags);
  started?.(child.pid ?? 0);
  const exited = once(child, 'exit');
  const [answer] = await Promise.race([
    once(child, 'message'),
    exited.then(() =>
      Promise.reject(new Error(`${script} ended without an answer: ${child.exitCode ?? child.signalCode}`)),
    ),
  ]);
  await exited;
  return answer as Answer;
}

/** The task that this process was started for. */
export function taskOf<Task>(): Task {
  return JSON.parse(process.argv[2] ?? '') as Task;
}

/** Answers whoever has started this process, which ends then when nothing else is going on. Resolves when it is said. */
export function answer(value: unknown): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(value, () => {
      process.disconnect();
      resolve();
    });
  });
}

import { work } from '#test/chaos/long-move/work';

/** A process of its own, which may be told where to die. */
const { dir, death } = JSON.parse(process.argv[1] ?? '');
await work(dir, death);

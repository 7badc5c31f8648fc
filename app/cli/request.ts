import { z } from 'zod';

/** What a command asks of an open folder; goes to the owner's process if there is one. */
export const folderRequest = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('sql'), query: z.string(), format: z.string() }),
  z.strictObject({
    command: z.literal('explain'),
    lead: z.string(),
    at: z.union([z.number(), z.literal('now')]),
    asPublished: z.boolean(),
    json: z.boolean(),
  }),
  z.strictObject({ command: z.literal('funnel'), json: z.boolean() }),
  z.strictObject({ command: z.literal('verify'), json: z.boolean() }),
  z.strictObject({ command: z.literal('apply'), files: z.record(z.string(), z.string()), json: z.boolean() }),
  z.strictObject({ command: z.literal('dead-letters list'), limit: z.number(), json: z.boolean() }),
  z.strictObject({
    command: z.literal('dead-letters retry'),
    which: z.union([z.array(z.string()), z.literal('all')]),
    json: z.boolean(),
  }),
]);

export type FolderRequest = Readonly<z.infer<typeof folderRequest>>;

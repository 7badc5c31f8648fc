import { checkModel } from '#app/cli/checker';
import { openEmbedded } from '#app/cli/embedded';
import { runProcess } from '#app/cli/run';

await runProcess({ open: openEmbedded, check: checkModel });

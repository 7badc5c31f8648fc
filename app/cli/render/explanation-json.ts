import { formatTime } from '#app/cli/render/table';
import type { Explanation } from '#app/cli/reports';
import { explanationJson, outlookJson } from '#app/dashboard/explanation-json';

/** What `explain --json` prints; times are ISO 8601 in UTC. */
export function jsonOf({ stage, outlook, next_stages, ...explained }: Explanation): object {
  return {
    ...explanationJson(explained),
    stage: stage === null ? null : { ...stage, since: formatTime(stage.since) },
    outlook: outlook === null ? null : outlookJson(outlook),
    next_stages,
  };
}

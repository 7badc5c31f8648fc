import { fail } from '#app/cli/failure';
import type { Answering, VerifyProgress } from '#app/cli/ports';
import { renderApply } from '#app/cli/render/apply';
import { renderDeadLetter, renderRetry } from '#app/cli/render/dead-letters';
import { renderExplanation } from '#app/cli/render/explanation';
import { renderFunnel } from '#app/cli/render/funnel';
import { formatCount } from '#app/cli/render/table';
import { renderVerification } from '#app/cli/render/verification';
import { type FolderRequest, folderRequest } from '#app/cli/request';
import type { Answer, ExitCode, Respond } from '#app/folder/answer';

/** Answers requests on an open folder: the same function for this process's own command and for another one's. */
export function createRespond(opened: Answering): Respond {
  return async (request, answer) => {
    try {
      const parsed = folderRequest.safeParse(request);
      if (parsed.success) return await respond(opened, parsed.data, answer);
      await answer.err('leadstream: the owner of the folder runs another version; restart it\n');
      return 1;
    } catch (thrown) {
      answer.signal.throwIfAborted();
      return fail(thrown, answer);
    }
  };
}

async function respond(opened: Answering, request: FolderRequest, answer: Answer): Promise<ExitCode> {
  switch (request.command) {
    case 'sql':
      await opened.sql(request.query, request.format, answer);
      return 0;
    case 'explain': {
      const explanation = await opened.explain(request);
      if (explanation === undefined) {
        await answer.err(`leadstream: no lead is known as ${request.lead}; give a lead id, an email or a userId\n`);
        return 1;
      }
      await answer.out(renderExplanation(explanation, request.json));
      return 0;
    }
    case 'funnel':
      await answer.out(renderFunnel(await opened.funnel(), request.json));
      return 0;
    case 'verify':
      return verify(opened, request.json, answer);
    case 'apply':
      return renderApply(await opened.applyModel(request.files), request.json, answer);
    case 'dead-letters list': {
      for await (const letter of opened.deadLetters(request.limit))
        await answer.out(renderDeadLetter(letter, request.json));
      return 0;
    }
    case 'dead-letters retry':
      return renderRetry(await opened.retryDeadLetters(request.which), request.json, answer);
  }
}

async function verify(opened: Answering, json: boolean, answer: Answer): Promise<ExitCode> {
  const verification = await opened.verify(answer.signal, tellNowAndThen(answer));
  await answer.out(renderVerification(verification, json));
  const { length } = verification.differences;
  if (length === 0) return 0;
  const differ = length === 1 ? 'value differs' : 'values differ';
  await answer.err(`leadstream: ${length} stored ${differ} from what the log gives\n`);
  return 1;
}

/** Between two lines of progress, ms. */
const TELL_EVERY = 5_000;

function tellNowAndThen(answer: Answer): (progress: VerifyProgress) => void {
  let told = performance.now();
  return ({ part, parts, what, records }) => {
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    const line = `part ${part} of ${parts}, ${what}: ${formatCount(records)} records read\n`;
    void answer.err(line).catch(() => {}); // whoever asked is gone: the answer itself will say so
  };
}

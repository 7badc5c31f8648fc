import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dead } from '#lib/flow/outcome';
import { refuse } from '#lib/http/answer';
import { bytesOf } from '#lib/http/http';
import { bytesOfCall, callsOf } from '#services/collect/batch';
import type { CallType } from '#services/collect/call';
import type { Intake, Received } from '#services/collect/intake';
import { readJson } from '#services/collect/read';
import { writeKeyOf } from '#services/collect/write-key';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** How the user agents of all browsers begin, and those of hardly any HTTP library. */
const BROWSER = 'Mozilla/';

/** One call per request: bad ones are dead-lettered and answered 400. */
export function singleCall(intake: Intake, type: CallType): Handler {
  return async (request, reply) => {
    const bytes = bytesOf(request.body);
    const read = readJson(bytes);
    if (read.kind === 'dead') return refused(reply, read);
    const [fault] = await intake.take([{ ...sent(request, read.value, bytes), type }]);
    return fault === undefined ? reply.send({ success: true }) : refused(reply, fault);
  };
}

/** Many calls per request: the good ones are logged, the bad ones dead-lettered and listed. */
export function batchOfCalls(intake: Intake): Handler {
  return async (request, reply) => {
    const bytes = bytesOf(request.body);
    const read = readJson(bytes);
    if (read.kind === 'dead') return refused(reply, read);
    const whole = sent(request, read.value, bytes);
    const calls = callsOf(read.value);
    if (calls.kind === 'dead') {
      await intake.refuse(whole, calls);
      return refused(reply, calls);
    }
    const faults = await intake.take(
      calls.value.map((call) => ({
        ...whole,
        value: call.value,
        publisher: writeKeyOf(request.headers.authorization, call.value, read.value),
        original: () => bytesOfCall(call.sent) ?? bytes,
      })),
    );
    const rejected = faults.flatMap((fault, index) => (fault === undefined ? [] : [{ index, reason: fault.reason }]));
    return reply.send(rejected.length === 0 ? { success: true } : { success: true, rejected });
  };
}

function refused(reply: FastifyReply, dead: Dead): FastifyReply {
  return refuse(reply, 400, dead.reason, dead.detail);
}

/** Only a browser's own request tells of the person's address and browser; a server's or an app's library tells of itself. */
function sent(request: FastifyRequest, value: unknown, bytes: Uint8Array): Received {
  const userAgent = request.headers['user-agent'];
  const browser = userAgent?.startsWith(BROWSER) === true;
  return {
    value,
    publisher: writeKeyOf(request.headers.authorization, value),
    client: {
      ip: browser ? request.ip : null,
      userAgent: browser ? userAgent : null,
    },
    origin: `http ${request.routeOptions.url}`,
    original: () => bytes,
  };
}

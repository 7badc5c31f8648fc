import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dead } from '#lib/flow/outcome';
import { refuse } from '#lib/http/answer';
import { bytesOf } from '#lib/http/http';
import { bytesOfCall, callsOf } from '#services/collect/batch';
import type { CallType } from '#services/collect/call';
import type { Intake, Received } from '#services/collect/intake';
import { readJson } from '#services/collect/read';
import type { Source, Sources } from '#services/collect/source';
import { writeKeyOf } from '#services/collect/write-key';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** How the user agents of all browsers begin, and those of hardly any HTTP library. */
const BROWSER = 'Mozilla/';

/** One call per request: bad ones are dead-lettered and answered 400. */
export function singleCall(intake: Intake, sources: Sources, type: CallType): Handler {
  return async (request, reply) => {
    const bytes = bytesOf(request.body);
    const read = readJson(bytes);
    if (read.kind === 'dead') return refused(reply, read);
    const key = writeKeyOf(request.headers.authorization, read.value);
    const source = sources.ofKey(key);
    if (source === undefined) return unknownKey(reply, key);
    const [fault] = await intake.take([{ ...sent(request, source, read.value, bytes), type }]);
    return fault === undefined ? reply.send({ success: true }) : refused(reply, fault);
  };
}

/** Many calls per request: the good ones are logged, the bad ones dead-lettered and listed. */
export function batchOfCalls(intake: Intake, sources: Sources): Handler {
  return async (request, reply) => {
    const bytes = bytesOf(request.body);
    const read = readJson(bytes);
    if (read.kind === 'dead') return refused(reply, read);
    const { authorization } = request.headers;
    const calls = callsOf(read.value);
    if (calls.kind === 'dead' || calls.value.length === 0) {
      const key = writeKeyOf(authorization, read.value);
      const source = sources.ofKey(key);
      if (source === undefined) return unknownKey(reply, key);
      if (calls.kind === 'ok') return reply.send({ success: true });
      await intake.refuse(sent(request, source, read.value, bytes), calls);
      return refused(reply, calls);
    }
    const received: Received[] = [];
    for (const call of calls.value) {
      const key = writeKeyOf(authorization, call.value, read.value);
      const source = sources.ofKey(key);
      if (source === undefined) return unknownKey(reply, key);
      const original = () => bytesOfCall(call.sent) ?? bytes;
      received.push({ ...sent(request, source, call.value, bytes), original });
    }
    const faults = await intake.take(received);
    const rejected = faults.flatMap((fault, index) => (fault === undefined ? [] : [{ index, reason: fault.reason }]));
    return reply.send(rejected.length === 0 ? { success: true } : { success: true, rejected });
  };
}

/** Nothing is stored of what comes with a key that is nobody's. */
function unknownKey(reply: FastifyReply, key: string): FastifyReply {
  const detail =
    key === ''
      ? 'there is no write key: send the one of your source as user of HTTP basic authentication, or as writeKey'
      : 'the write key is of no source: ask whoever runs this for yours';
  return refuse(reply, 401, 'unknown_key', detail);
}

function refused(reply: FastifyReply, dead: Dead): FastifyReply {
  return refuse(reply, 400, dead.reason, dead.detail);
}

/** Only a browser's own request tells of the person's address and browser; a server's or an app's library tells of itself. */
function sent(request: FastifyRequest, source: Source, value: unknown, bytes: Uint8Array): Received {
  const userAgent = request.headers['user-agent'];
  const browser = userAgent?.startsWith(BROWSER) === true;
  return {
    value,
    source,
    client: {
      ip: browser ? request.ip : null,
      userAgent: browser ? userAgent : null,
    },
    origin: `http ${request.routeOptions.url}`,
    original: () => bytes,
  };
}

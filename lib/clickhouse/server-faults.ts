import { codeOf, insertFault, plainLine, queryFault, SqlError } from '#lib/clickhouse/faults';
import type { Faults } from '#lib/clickhouse/own';
import { FlowError, outage } from '#lib/flow/errors';

/**
 * ClickHouse's codes for trouble that is the server's and passes: too many queries, no connection between servers, no room,
 * a table without its keeper, a password that was changed, overload.
 */
const PASSING = new Set('202 203 209 210 225 242 243 279 285 286 319 425 439 516 745 999'.split(' '));

/** What an error of a client means, where a server may also not answer. `address` is what people may be shown. */
export function serverFaults(address: string): Faults {
  return {
    insert: (table, thrown) =>
      known(thrown) ?? (answered(thrown) ? insertFault(table, thrown) : unreachable(address, thrown)),
    statement(thrown) {
      if (thrown instanceof SqlError) return thrown;
      if (!answered(thrown)) return known(thrown) ?? unreachable(address, thrown);
      if (!PASSING.has(codeOf(thrown))) return queryFault(thrown);
      return outage(`ClickHouse at ${address} cannot answer now`, new Error(plainLine(thrown), { cause: thrown }));
    },
  };
}

/** No answer of ClickHouse: nobody there, cut off, or a proxy that says so. */
export function unreachable(address: string, thrown: unknown): FlowError {
  return outage(`cannot reach ClickHouse at ${address}`, new Error(plainLine(reasonOf(thrown)), { cause: thrown }));
}

/** Whether it is ClickHouse that refused, by one of its codes. */
function answered(thrown: unknown): boolean {
  return /^\d+$/.test(codeOf(thrown));
}

function known(thrown: unknown): FlowError | undefined {
  return thrown instanceof FlowError ? thrown : undefined;
}

/** A host with several addresses fails with one error each, and no message of its own. */
function reasonOf(thrown: unknown): unknown {
  return thrown instanceof AggregateError && thrown.message === '' ? thrown.errors[0] : thrown;
}

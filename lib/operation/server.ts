import { createHttp } from '#lib/http/http';
import { addOperationRoutes, type Operation } from '#lib/operation/health';

export interface OperationServerOptions extends Operation {
  readonly host: string;
  /** 0: any that is free */
  readonly port: number;
}

export interface OperationServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` of a process that has no HTTP of its own. Resolves when it answers; rejects
 * with EADDRINUSE as `code` if the port is taken.
 */
export async function createOperationServer(options: OperationServerOptions): Promise<OperationServer> {
  const http = createHttp();
  addOperationRoutes(http, options);
  const url = await http.listen({ host: options.host, port: options.port });
  return { url, close: () => http.close() };
}

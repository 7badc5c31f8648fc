import { once } from 'node:events';
import { connect as connectTo, createServer, type Socket } from 'node:net';

/** The network between all clients and the broker: it can be slow, lose answers, and break. */
export interface Network {
  readonly port: number;
  /** Every piece takes so long each way, ms. */
  setDelay(ms: number): void;
  /** From here on answers are lost, requests arrive; ends with all connections cut. */
  loseAnswers(lost: boolean): void;
  cut(): void;
  /** Refuses connections, as a machine does on which no broker listens, until `open`. */
  refuse(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 for what is meant for another one. */
export async function startNetwork(target: number): Promise<Network> {
  const sockets = new Set<Socket>();
  let delay = 0;
  let losing = false;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  /** Pieces keep their order: each waits for the one before. */
  function pipe(from: Socket, to: Socket, lost: () => boolean): void {
    let before: Promise<void> = Promise.resolve();
    let waiting = 0;
    from.on('data', (piece) => {
      if (lost()) return;
      if (delay === 0 && waiting === 0) {
        if (!to.write(piece)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
        return;
      }
      waiting++;
      const due = new Promise<void>((resolve) => setTimeout(resolve, delay));
      before = Promise.all([before, due]).then(() => {
        waiting--;
        if (!to.destroyed) to.write(piece);
      });
    });
    from.on('end', () => void before.then(() => to.end()));
    from.on('close', () => void before.then(() => to.destroy()));
    from.on('error', () => to.destroy());
  }

  const server = createServer((client) => {
    const broker = connectTo({ host: '127.0.0.1', port: target, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, broker]) track(socket);
    pipe(client, broker, () => false);
    pipe(broker, client, () => losing);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const refuse = async () => {
    if (!server.listening) return;
    server.close();
    cut();
    await once(server, 'close');
  };
  return {
    port,
    setDelay(ms) {
      delay = ms;
    },
    loseAnswers(lost) {
      if (losing && !lost) cut();
      losing = lost;
    },
    cut,
    refuse,
    async open() {
      if (!server.listening) await listen(port);
    },
    close: refuse,
  };
}

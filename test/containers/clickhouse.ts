import { GenericContainer, Wait } from 'testcontainers';
import { imageOf } from './images.ts';

export interface ClickHouseAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface ClickHouseContainer {
  readonly access: ClickHouseAccess;
  stop(): Promise<unknown>;
}

const HTTP = 8123;

export async function startClickHouse(): Promise<ClickHouseContainer> {
  const user = 'leadstream';
  const password = 'correct';
  const container = await new GenericContainer(await imageOf('clickhouse'))
    .withExposedPorts(HTTP)
    .withEnvironment({ CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password })
    .withUlimits({ nofile: { soft: 262_144, hard: 262_144 } })
    .withWaitStrategy(Wait.forHttp('/ping', HTTP))
    .withStartupTimeout(120_000)
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(HTTP)}`;
  return { access: { url, user, password }, stop: () => container.stop() };
}

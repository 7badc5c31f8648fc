import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { afterEach, expect, inject, onTestFinished, test, vi } from 'vitest';
import { dataFolder, handOver, type Installation, runServices } from '#test/kafka/given';
import { refusal } from '#test/kafka/refusal';
import { ask } from '#test/process/ask';
import { endAll } from '#test/process/command';
import { startBroker } from '../../infra/kafka/broker.ts';
import { freePort } from '../../infra/kafka/port.ts';
import { aclConfig, saslConfig } from '../../infra/kafka/security.ts';

afterEach(endAll);
afterEach(() => void vi.unstubAllEnvs());

const as = (username: string, password: string) => ({
  LEADSTREAM_SASL_MECHANISM: 'plain',
  LEADSTREAM_SASL_USER: username,
  LEADSTREAM_SASL_PASSWORD: password,
});

/** A broker of its own that lets in who may, with topics; `grant` lets the user of the services do more. */
async function guarded() {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-broker-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const config = { ...saslConfig({ admin: 'secret', services: 'secret' }), ...aclConfig(['admin']) };
  const broker = await startBroker({ port: await freePort(), controllerPort: await freePort(), dir, config });
  onTestFinished(() => broker.stop());
  const prefix = `e2e-${randomUUID().slice(0, 8)}.`;
  const brokers = [broker.address];
  const at: Installation = {
    prefix,
    brokers,
    registry: inject('kafka').registry,
    flags: ['--brokers', broker.address, '--prefix', prefix],
  };
  const sasl = { mechanism: 'plain', username: 'admin', password: 'secret' } as const;
  const admin = new Kafka({ brokers, sasl, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  const grant = (resourceType: AclResourceTypes, ...operations: AclOperationTypes[]) =>
    admin.createAcls({
      acl: operations.map((operation) => ({
        resourceType,
        resourceName: prefix,
        resourcePatternType: ResourcePatternTypes.PREFIXED,
        principal: 'User:services',
        host: '*',
        operation,
        permissionType: AclPermissionTypes.ALLOW,
      })),
    });
  for (const [name, value] of Object.entries(as('admin', 'secret'))) vi.stubEnv(name, value);
  expect(await ask('topics', ...at.flags, '--partitions', '2')).toMatchObject({ end: 0 });
  return { at, admin, grant };
}

test('a wrong password or a missing ACL is one line that names what is denied, and nobody has joined', async () => {
  const { at, admin, grant } = await guarded();
  const groups = async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  const before = await groups();
  const refused = (password = 'secret') => {
    for (const [name, value] of Object.entries(as('services', password))) vi.stubEnv(name, value);
    return refusal(at, ['score', 'stage']);
  };
  expect(await refused('wrong')).toContain('refuses the user or the password; see LEADSTREAM_SASL_USER');
  expect(await refused()).toMatch(/TOPIC_AUTHORIZATION_FAILED.*; grant it to this user\n$/);
  const { DESCRIBE, READ, WRITE } = AclOperationTypes;
  await grant(AclResourceTypes.TOPIC, DESCRIBE, READ);
  expect(await refused()).toMatch(/using group \S+, which needs READ: .*GROUP_AUTHORIZATION_FAILED.*; grant /);
  await grant(AclResourceTypes.GROUP, READ);
  expect(await refused()).toMatch(
    /transactional id \S+-0, which needs DESCRIBE and WRITE: .*TRANSACTIONAL_ID_A.*; grant /,
  );
  await grant(AclResourceTypes.TRANSACTIONAL_ID, DESCRIBE, WRITE);
  expect(await groups()).toEqual(before);

  await grant(AclResourceTypes.TOPIC, WRITE);
  await handOver(await runServices(at, ['score', 'stage'], join(dataFolder(), 'data')));
}, 120_000);

import { inject } from 'vitest';
import { kafkaHarness } from '#test/contracts/log/kafka';
import { logContract } from '#test/contracts/log/log';

logContract('a log on Kafka in a container', true, () => kafkaHarness(inject('containers').brokers));

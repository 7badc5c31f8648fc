import { inject } from 'vitest';
import { kafkaHarness } from '#test/contracts/log/kafka';
import { logContract } from '#test/contracts/log/log';

logContract('the log on Kafka', true, () => kafkaHarness(inject('kafka').brokers));

/** Something a person can mend keeps the local Kafka from running. `message`: what is wrong and what to do. */
export class KafkaFailure extends Error {
  override readonly name = 'KafkaFailure';
}

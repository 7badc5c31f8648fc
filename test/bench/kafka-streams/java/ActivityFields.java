/** Where an Activity has what the folds read of it. */
final class ActivityFields {
  final int seq;
  final int loggedAt;
  final int leadId;
  final int eventId;
  final int name;
  final int occurredAt;
  final int known;
  final int personal;

  ActivityFields(Shape shape) {
    seq = shape.at("seq");
    loggedAt = shape.at("logged_at");
    leadId = shape.at("lead_id");
    eventId = shape.at("event_id");
    name = shape.at("name");
    occurredAt = shape.at("occurred_at");
    known = shape.at("known");
    personal = shape.at("personal");
  }
}
